CREATE TABLE identity (
    id INTEGER NOT NULL CHECK (id = 1),
    identity TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE events (
    id INTEGER NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    login TEXT NOT NULL,
    round TEXT NOT NULL,
    municipality TEXT NOT NULL,
    reference TEXT NOT NULL,
    act TEXT NOT NULL,
    what TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    PRIMARY KEY (id),
    UNIQUE (hash)
);
CREATE INDEX events_of_a_letter ON events (round, municipality);
CREATE TABLE contents (
    digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    text TEXT NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE letters (
    id INTEGER NOT NULL,
    round TEXT NOT NULL,
    kind TEXT NOT NULL,
    municipality TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (round, kind, municipality),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_letters_event ON letters (event);
CREATE TABLE manifests (
    id INTEGER NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    round TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('shown', 'approved')),
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_manifests_event ON manifests (event);
CREATE INDEX manifests_of_a_round ON manifests (round);
CREATE TABLE "references" (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    letter INTEGER NOT NULL,
    given_at TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('series', 'allocation')),
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (reference),
    FOREIGN KEY(letter) REFERENCES letters (id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_references_letter ON "references" (letter);
CREATE INDEX ix_references_event ON "references" (event);
CREATE TABLE documents (
    letter INTEGER NOT NULL,
    reference TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    pdf_name TEXT NOT NULL,
    pdf_sha256 TEXT NOT NULL,
    docx_name TEXT NOT NULL,
    docx_sha256 TEXT NOT NULL,
    pages INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (letter),
    FOREIGN KEY(letter) REFERENCES letters (id),
    FOREIGN KEY(reference) REFERENCES "references" (reference)
);
CREATE TABLE manifest_letters (
    manifest INTEGER NOT NULL,
    reference TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    signatory TEXT NOT NULL,
    look TEXT NOT NULL,
    facts JSON,
    event INTEGER NOT NULL,
    PRIMARY KEY (manifest, reference),
    FOREIGN KEY(manifest) REFERENCES manifests (id),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(content_digest) REFERENCES contents (digest),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX manifests_of_a_letter ON manifest_letters (reference);
CREATE INDEX ix_manifest_letters_event ON manifest_letters (event);
CREATE TABLE sealed (
    reference TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    pdf_name TEXT NOT NULL,
    pdf_sha256 TEXT NOT NULL CHECK (length(pdf_sha256) = 64 AND pdf_sha256 NOT GLOB '*[^0-9a-f]*'),
    unsealed_sha256 TEXT NOT NULL CHECK (length(unsealed_sha256) = 64 AND unsealed_sha256 NOT GLOB '*[^0-9a-f]*'),
    docx_name TEXT NOT NULL,
    docx_sha256 TEXT NOT NULL CHECK (length(docx_sha256) = 64 AND docx_sha256 NOT GLOB '*[^0-9a-f]*'),
    pages INTEGER NOT NULL,
    sealed_at TEXT NOT NULL,
    sealed_by TEXT NOT NULL,
    is_test BOOLEAN NOT NULL,
    event INTEGER NOT NULL,
    pdf BLOB NOT NULL,
    docx BLOB NOT NULL,
    PRIMARY KEY (reference, content_digest, is_test),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(content_digest) REFERENCES contents (digest),
    UNIQUE (pdf_sha256),
    CHECK (is_test IN (0, 1)),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_sealed_event ON sealed (event);
CREATE TABLE withdrawals (
    id INTEGER NOT NULL,
    manifest INTEGER NOT NULL,
    reference TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (trim(reason) <> ''),
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(manifest, reference) REFERENCES manifest_letters (manifest, reference),
    UNIQUE (manifest, reference),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_withdrawals_event ON withdrawals (event);
CREATE TABLE deliveries (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    pdf_sha256 TEXT NOT NULL,
    channel TEXT NOT NULL,
    recipient_key TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK ("copy" >= 1),
    external_id TEXT,
    role TEXT NOT NULL,
    title TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (pdf_sha256, channel, recipient_key, copy),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(content_digest) REFERENCES contents (digest),
    FOREIGN KEY(pdf_sha256) REFERENCES sealed (pdf_sha256),
    UNIQUE (external_id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX deliveries_of_a_letter ON deliveries (reference);
CREATE INDEX ix_deliveries_event ON deliveries (event);
CREATE TABLE receipts (
    id INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('to send', 'sending', 'sent', 'failed for now', 'refused', 'uncertain', 'reached otherwise', 'reported')),
    at TEXT NOT NULL,
    words TEXT NOT NULL,
    account TEXT NOT NULL,
    external_id TEXT,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(delivery) REFERENCES deliveries (id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_receipts_event ON receipts (event);
CREATE INDEX ix_receipts_external_id ON receipts (external_id);
CREATE INDEX ix_receipts_delivery ON receipts (delivery);
CREATE TRIGGER identity_refuse_update BEFORE update ON "identity"  BEGIN SELECT RAISE(ABORT, 'identity are written once'); END;
CREATE TRIGGER identity_refuse_delete BEFORE delete ON "identity"  BEGIN SELECT RAISE(ABORT, 'identity are written once'); END;
CREATE TRIGGER identity_refuse_insert BEFORE insert ON "identity" WHEN EXISTS (SELECT 1 FROM "identity" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'identity are written once'); END;
CREATE TRIGGER events_refuse_update BEFORE update ON "events"  BEGIN SELECT RAISE(ABORT, 'events are written once'); END;
CREATE TRIGGER events_refuse_delete BEFORE delete ON "events"  BEGIN SELECT RAISE(ABORT, 'events are written once'); END;
CREATE TRIGGER events_refuse_insert BEFORE insert ON "events" WHEN EXISTS (SELECT 1 FROM "events" WHERE ("hash" = NEW."hash") OR ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'events are written once'); END;
CREATE TRIGGER letters_refuse_update BEFORE update ON "letters"  BEGIN SELECT RAISE(ABORT, 'letters are written once'); END;
CREATE TRIGGER letters_refuse_delete BEFORE delete ON "letters"  BEGIN SELECT RAISE(ABORT, 'letters are written once'); END;
CREATE TRIGGER letters_refuse_insert BEFORE insert ON "letters" WHEN EXISTS (SELECT 1 FROM "letters" WHERE ("id" = NEW."id") OR ("round" = NEW."round" AND "kind" = NEW."kind" AND "municipality" = NEW."municipality")) BEGIN SELECT RAISE(ABORT, 'letters are written once'); END;
CREATE TRIGGER references_refuse_update BEFORE update ON "references"  BEGIN SELECT RAISE(ABORT, 'references are written once'); END;
CREATE TRIGGER references_refuse_delete BEFORE delete ON "references"  BEGIN SELECT RAISE(ABORT, 'references are written once'); END;
CREATE TRIGGER references_refuse_insert BEFORE insert ON "references" WHEN EXISTS (SELECT 1 FROM "references" WHERE ("id" = NEW."id") OR ("reference" = NEW."reference")) BEGIN SELECT RAISE(ABORT, 'references are written once'); END;
CREATE TRIGGER contents_refuse_update BEFORE update ON "contents"  BEGIN SELECT RAISE(ABORT, 'contents are written once'); END;
CREATE TRIGGER contents_refuse_delete BEFORE delete ON "contents"  BEGIN SELECT RAISE(ABORT, 'contents are written once'); END;
CREATE TRIGGER contents_refuse_insert BEFORE insert ON "contents" WHEN EXISTS (SELECT 1 FROM "contents" WHERE ("digest" = NEW."digest")) BEGIN SELECT RAISE(ABORT, 'contents are written once'); END;
CREATE TRIGGER manifests_refuse_update BEFORE update ON "manifests"  BEGIN SELECT RAISE(ABORT, 'manifests are written once'); END;
CREATE TRIGGER manifests_refuse_delete BEFORE delete ON "manifests"  BEGIN SELECT RAISE(ABORT, 'manifests are written once'); END;
CREATE TRIGGER manifests_refuse_insert BEFORE insert ON "manifests" WHEN EXISTS (SELECT 1 FROM "manifests" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'manifests are written once'); END;
CREATE TRIGGER manifest_letters_refuse_update BEFORE update ON "manifest_letters"  BEGIN SELECT RAISE(ABORT, 'manifest_letters are written once'); END;
CREATE TRIGGER manifest_letters_refuse_delete BEFORE delete ON "manifest_letters"  BEGIN SELECT RAISE(ABORT, 'manifest_letters are written once'); END;
CREATE TRIGGER manifest_letters_refuse_insert BEFORE insert ON "manifest_letters" WHEN EXISTS (SELECT 1 FROM "manifest_letters" WHERE ("manifest" = NEW."manifest" AND "reference" = NEW."reference")) BEGIN SELECT RAISE(ABORT, 'manifest_letters are written once'); END;
CREATE TRIGGER withdrawals_refuse_update BEFORE update ON "withdrawals"  BEGIN SELECT RAISE(ABORT, 'withdrawals are written once'); END;
CREATE TRIGGER withdrawals_refuse_delete BEFORE delete ON "withdrawals"  BEGIN SELECT RAISE(ABORT, 'withdrawals are written once'); END;
CREATE TRIGGER withdrawals_refuse_insert BEFORE insert ON "withdrawals" WHEN EXISTS (SELECT 1 FROM "withdrawals" WHERE ("id" = NEW."id") OR ("manifest" = NEW."manifest" AND "reference" = NEW."reference")) BEGIN SELECT RAISE(ABORT, 'withdrawals are written once'); END;
CREATE TRIGGER sealed_refuse_update BEFORE update ON "sealed"  BEGIN SELECT RAISE(ABORT, 'sealed are written once'); END;
CREATE TRIGGER sealed_refuse_delete BEFORE delete ON "sealed"  BEGIN SELECT RAISE(ABORT, 'sealed are written once'); END;
CREATE TRIGGER sealed_refuse_insert BEFORE insert ON "sealed" WHEN EXISTS (SELECT 1 FROM "sealed" WHERE ("pdf_sha256" = NEW."pdf_sha256") OR ("reference" = NEW."reference" AND "content_digest" = NEW."content_digest" AND "is_test" = NEW."is_test")) BEGIN SELECT RAISE(ABORT, 'sealed are written once'); END;
CREATE TRIGGER deliveries_refuse_update BEFORE update ON "deliveries"  BEGIN SELECT RAISE(ABORT, 'deliveries are written once'); END;
CREATE TRIGGER deliveries_refuse_delete BEFORE delete ON "deliveries"  BEGIN SELECT RAISE(ABORT, 'deliveries are written once'); END;
CREATE TRIGGER deliveries_refuse_insert BEFORE insert ON "deliveries" WHEN EXISTS (SELECT 1 FROM "deliveries" WHERE ("external_id" = NEW."external_id") OR ("id" = NEW."id") OR ("pdf_sha256" = NEW."pdf_sha256" AND "channel" = NEW."channel" AND "recipient_key" = NEW."recipient_key" AND "copy" = NEW."copy")) BEGIN SELECT RAISE(ABORT, 'deliveries are written once'); END;
CREATE TRIGGER receipts_refuse_update BEFORE update ON "receipts"  BEGIN SELECT RAISE(ABORT, 'receipts are written once'); END;
CREATE TRIGGER receipts_refuse_delete BEFORE delete ON "receipts"  BEGIN SELECT RAISE(ABORT, 'receipts are written once'); END;
CREATE TRIGGER receipts_refuse_insert BEFORE insert ON "receipts" WHEN EXISTS (SELECT 1 FROM "receipts" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'receipts are written once'); END;
