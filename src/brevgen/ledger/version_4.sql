CREATE TABLE answers (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    decided INTEGER CHECK (decided >= 0),
    minors INTEGER CHECK (minors >= 0 AND minors <= decided),
    decided_on TEXT CHECK (decided_on GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
    body TEXT NOT NULL,
    conditions TEXT NOT NULL,
    late_until TEXT CHECK (late_until GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
    journal TEXT NOT NULL,
    at TEXT NOT NULL,
    account TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK (decided IS NOT NULL OR late_until IS NOT NULL),
    CHECK (decided IS NULL OR decided_on IS NOT NULL),
    FOREIGN KEY(reference) REFERENCES "references" (reference),
    FOREIGN KEY(event) REFERENCES events (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_answers_event ON answers (event);
CREATE INDEX answers_to_a_letter ON answers (reference);
CREATE TRIGGER answers_refuse_update BEFORE update ON "answers"  BEGIN SELECT RAISE(ABORT, 'answers are written once'); END;
CREATE TRIGGER answers_refuse_delete BEFORE delete ON "answers"  BEGIN SELECT RAISE(ABORT, 'answers are written once'); END;
CREATE TRIGGER answers_refuse_insert BEFORE insert ON "answers" WHEN EXISTS (SELECT 1 FROM "answers" WHERE ("id" = NEW."id")) BEGIN SELECT RAISE(ABORT, 'answers are written once'); END;
