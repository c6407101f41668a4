CREATE TABLE approval_requests (
    id INTEGER NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    round TEXT NOT NULL,
    whom TEXT NOT NULL,
    note TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE passkeys (
    id INTEGER NOT NULL,
    credential_id TEXT NOT NULL,
    account TEXT NOT NULL,
    host TEXT NOT NULL CHECK (trim(host) <> ''),
    public_key TEXT NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL CHECK (trim(name) <> ''),
    at TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (credential_id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE passkey_removals (
    credential_id TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (credential_id),
    FOREIGN KEY(credential_id) REFERENCES passkeys (credential_id),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE approval_signatures (
    manifest INTEGER NOT NULL,
    credential_id TEXT NOT NULL,
    authenticator_data TEXT NOT NULL,
    client_data TEXT NOT NULL,
    signature TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (manifest),
    FOREIGN KEY(manifest) REFERENCES manifests (id),
    FOREIGN KEY(credential_id) REFERENCES passkeys (credential_id),
    UNIQUE (signature),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE requested_letters (
    request INTEGER NOT NULL,
    reference TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (request, reference),
    FOREIGN KEY(request) REFERENCES approval_requests (id),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(content_digest) REFERENCES contents (digest),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE readings (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    note TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(content_digest) REFERENCES contents (digest),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE archive_numbers (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    case_number TEXT NOT NULL CHECK (trim(case_number) <> ''),
    journal_number TEXT NOT NULL,
    archive TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE request_ends (
    id INTEGER NOT NULL,
    request INTEGER NOT NULL,
    reference TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('sent back', 'taken back')),
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (how = 'taken back' OR trim(reason) <> ''),
    FOREIGN KEY(request, reference) REFERENCES requested_letters (request, reference),
    UNIQUE (request, reference),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX approval_requests_of_a_round ON approval_requests (round);
CREATE INDEX ix_approval_requests_event ON approval_requests (event);
CREATE INDEX ix_passkeys_event ON passkeys (event);
CREATE INDEX ix_passkeys_account ON passkeys (account);
CREATE INDEX ix_passkey_removals_event ON passkey_removals (event);
CREATE INDEX ix_approval_signatures_event ON approval_signatures (event);
CREATE INDEX ix_requested_letters_event ON requested_letters (event);
CREATE INDEX requests_of_a_letter ON requested_letters (reference);
CREATE INDEX ix_readings_event ON readings (event);
CREATE INDEX readings_of_a_letter ON readings (reference);
CREATE INDEX archive_numbers_of_a_letter ON archive_numbers (reference);
CREATE INDEX ix_archive_numbers_event ON archive_numbers (event);
CREATE INDEX ix_request_ends_event ON request_ends (event);
CREATE TRIGGER approval_requests_refuse_update BEFORE update ON "approval_requests"  BEGIN SELECT RAISE(ABORT, 'approval_requests are written once'); END;
CREATE TRIGGER approval_requests_refuse_delete BEFORE delete ON "approval_requests"  BEGIN SELECT RAISE(ABORT, 'approval_requests are written once'); END;
CREATE TRIGGER approval_requests_refuse_insert BEFORE insert ON "approval_requests" WHEN EXISTS (SELECT 1 FROM "approval_requests" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'approval_requests are written once'); END;
CREATE TRIGGER requested_letters_refuse_update BEFORE update ON "requested_letters"  BEGIN SELECT RAISE(ABORT, 'requested_letters are written once'); END;
CREATE TRIGGER requested_letters_refuse_delete BEFORE delete ON "requested_letters"  BEGIN SELECT RAISE(ABORT, 'requested_letters are written once'); END;
CREATE TRIGGER requested_letters_refuse_insert BEFORE insert ON "requested_letters" WHEN EXISTS (SELECT 1 FROM "requested_letters" WHERE ("request" = NEW."request" AND "reference" = NEW."reference")) BEGIN SELECT RAISE(ABORT, 'requested_letters are written once'); END;
CREATE TRIGGER request_ends_refuse_update BEFORE update ON "request_ends"  BEGIN SELECT RAISE(ABORT, 'request_ends are written once'); END;
CREATE TRIGGER request_ends_refuse_delete BEFORE delete ON "request_ends"  BEGIN SELECT RAISE(ABORT, 'request_ends are written once'); END;
CREATE TRIGGER request_ends_refuse_insert BEFORE insert ON "request_ends" WHEN EXISTS (SELECT 1 FROM "request_ends" WHERE ("id" = NEW."id") OR ("request" = NEW."request" AND "reference" = NEW."reference")) BEGIN SELECT RAISE(ABORT, 'request_ends are written once'); END;
CREATE TRIGGER readings_refuse_update BEFORE update ON "readings"  BEGIN SELECT RAISE(ABORT, 'readings are written once'); END;
CREATE TRIGGER readings_refuse_delete BEFORE delete ON "readings"  BEGIN SELECT RAISE(ABORT, 'readings are written once'); END;
CREATE TRIGGER readings_refuse_insert BEFORE insert ON "readings" WHEN EXISTS (SELECT 1 FROM "readings" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'readings are written once'); END;
CREATE TRIGGER passkeys_refuse_update BEFORE update ON "passkeys"  BEGIN SELECT RAISE(ABORT, 'passkeys are written once'); END;
CREATE TRIGGER passkeys_refuse_delete BEFORE delete ON "passkeys"  BEGIN SELECT RAISE(ABORT, 'passkeys are written once'); END;
CREATE TRIGGER passkeys_refuse_insert BEFORE insert ON "passkeys" WHEN EXISTS (SELECT 1 FROM "passkeys" WHERE ("credential_id" = NEW."credential_id") OR ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'passkeys are written once'); END;
CREATE TRIGGER passkey_removals_refuse_update BEFORE update ON "passkey_removals"  BEGIN SELECT RAISE(ABORT, 'passkey_removals are written once'); END;
CREATE TRIGGER passkey_removals_refuse_delete BEFORE delete ON "passkey_removals"  BEGIN SELECT RAISE(ABORT, 'passkey_removals are written once'); END;
CREATE TRIGGER passkey_removals_refuse_insert BEFORE insert ON "passkey_removals" WHEN EXISTS (SELECT 1 FROM "passkey_removals" WHERE ("credential_id" = NEW."credential_id")) BEGIN SELECT RAISE(ABORT, 'passkey_removals are written once'); END;
CREATE TRIGGER approval_signatures_refuse_update BEFORE update ON "approval_signatures"  BEGIN SELECT RAISE(ABORT, 'approval_signatures are written once'); END;
CREATE TRIGGER approval_signatures_refuse_delete BEFORE delete ON "approval_signatures"  BEGIN SELECT RAISE(ABORT, 'approval_signatures are written once'); END;
CREATE TRIGGER approval_signatures_refuse_insert BEFORE insert ON "approval_signatures" WHEN EXISTS (SELECT 1 FROM "approval_signatures" WHERE ("manifest" = NEW."manifest") OR ("signature" = NEW."signature")) BEGIN SELECT RAISE(ABORT, 'approval_signatures are written once'); END;
CREATE TRIGGER archive_numbers_refuse_update BEFORE update ON "archive_numbers"  BEGIN SELECT RAISE(ABORT, 'archive_numbers are written once'); END;
CREATE TRIGGER archive_numbers_refuse_delete BEFORE delete ON "archive_numbers"  BEGIN SELECT RAISE(ABORT, 'archive_numbers are written once'); END;
CREATE TRIGGER archive_numbers_refuse_insert BEFORE insert ON "archive_numbers" WHEN EXISTS (SELECT 1 FROM "archive_numbers" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'archive_numbers are written once'); END;
