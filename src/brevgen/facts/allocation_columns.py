"""The columns of an allocation, and the names caseworkers give them."""

from brevgen.tables.reader import Column

NUMBER, NAME = "kommunenummer", "kommunenavn"
ASKED, MINORS, UNDER_15 = "antall", "enslige_mindreårige", "herav_under_15"
REFERENCE, YOUR_REFERENCE = "vår_ref", "deres_ref"

FIGURES = (ASKED, MINORS, UNDER_15)
"""The columns that hold a number of persons."""

COLUMNS = (
    Column(
        NUMBER,
        ("knr", "kommunenr", "komm nr", "kommune nummer", "kommunekode", "kode", "nummer"),
    ),
    Column(NAME, ("kommune", "kommunenamn", "navn", "namn", "kommunens navn"), printed=True),
    Column(
        ASKED,
        (
            *("anmodet", "anmodet antall", "antall anmodet", "anmodning", "anmodningstall"),
            *("antall flyktninger", "antall personer", "flyktninger", "anmodning om bosetting"),
            *("tal", "talet", "tal på flyktningar", "talet på flyktningar", "flyktningar"),
            *("oppmoding", "oppmoda", "bedne om", "antal"),
        ),
    ),
    Column(
        MINORS,
        (
            *("enslige_mindrearige", "enslige", "EM", "antall EM", "herav EM", "EM anmodet"),
            *("herav enslige mindreårige", "antall enslige mindreårige", "anmodet EM"),
            *("einslege mindreårige", "einslege", "av dei einslege mindreårige"),
            *("herav einslege mindreårige", "talet på einslege mindreårige"),
        ),
        required=False,
    ),
    Column(
        UNDER_15,
        (
            *("under 15", "under 15 år", "herav under 15 år", "EM under 15", "EM under 15 år"),
            *("enslige mindreårige under 15", "enslige mindreårige under 15 år", "av dei under 15"),
            *("einslege mindreårige under 15", "einslege mindreårige under 15 år"),
        ),
        required=False,
    ),
    Column(
        REFERENCE,
        ("referanse", "saksnummer", "saksnr", "vår referanse", "var ref", "vår sak"),
        required=False,
        printed=True,
    ),
    Column(
        YOUR_REFERENCE,
        ("deres referanse", "dykkar ref", "dykkar referanse", "kommunens referanse"),
        required=False,
        printed=True,
    ),
)
