# What Email::MIME makes of a mail on standard input, one line of JSON for each part; text as it is
# meant to be read, files as their SHA-256.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Email::MIME;
use JSON::PP;

my $mail = do { local $/; binmode STDIN; Email::MIME->new(<STDIN>) };
my $json = JSON::PP->new->canonical->ascii;
my %fields = map { $_ => $mail->header_str($_) } qw(From To Subject Message-ID Content-Language);
print $json->encode(\%fields), "\n";
$mail->walk_parts(sub {
    my ($part) = @_;
    return if $part->subparts;
    my ($type) = split /;/, $part->content_type;
    print $json->encode({
        type => $type,
        $type =~ m{^text/} ? (text => $part->body_str)
            : (name => $part->filename, sha256 => sha256_hex($part->body)),
    }), "\n";
});
