-- Who did what to whose data, appended in the transaction of the effect. Insert-only for the app role.

CREATE TABLE access_events (
  -- No reference: checking one would lock the organization's row for every read that is recorded.
  organization_id text   NOT NULL,
  event_id        bigint GENERATED ALWAYS AS IDENTITY,
  at              bigint NOT NULL,
  actor           text   NOT NULL,
  action          text   NOT NULL,
  practice_id     text,
  -- What was touched, as `Type/id`, or what was asked, as `Type?parameter,names`; never a value.
  subject         text,
  outcome         text   NOT NULL CHECK (outcome IN ('success', 'refused', 'failed')),
  details         jsonb  NOT NULL DEFAULT '{}',
  PRIMARY KEY (organization_id, event_id)
);
