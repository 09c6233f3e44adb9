-- Restricted records are few; whether one of them holds a content is asked at each read of a content.

CREATE INDEX mirror_resources_restricted
    ON mirror_resources (organization_id, practice_id, type, id) WHERE restricted;
