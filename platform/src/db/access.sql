-- Who may see what: run after every migration, and again without harm. The roles own nothing and
-- cannot log in; every table with an organization_id shows chartway_app one organization at a time.
-- chartway_backup reads everything and changes nothing; chartway_eraser takes a practice out of one
-- organization at a time. No pool of the running program uses either.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['chartway_app', 'chartway_system', 'chartway_backup', 'chartway_eraser'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT NOBYPASSRLS', wanted);
      EXCEPTION
        -- Roles belong to the whole server: another database's migration may have been quicker.
        WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(current_user, wanted, 'SET') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE', wanted);
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA chartway TO chartway_app, chartway_system;

-- The catalog decides which tables these are, so that a new table cannot be forgotten.
DO $$
DECLARE
  tenant record;
BEGIN
  FOR tenant IN
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'one_organization')
             AS has_policy
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
     WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind IN ('r', 'p')
  LOOP
    IF NOT tenant.relrowsecurity THEN
      EXECUTE format('ALTER TABLE chartway.%I ENABLE ROW LEVEL SECURITY', tenant.relname);
    END IF;
    IF NOT tenant.relforcerowsecurity THEN
      EXECUTE format('ALTER TABLE chartway.%I FORCE ROW LEVEL SECURITY', tenant.relname);
    END IF;
    IF NOT tenant.has_policy THEN
      EXECUTE format(
        'CREATE POLICY one_organization ON chartway.%I TO chartway_app
           USING (organization_id = current_setting(''chartway.organization'', true))
           WITH CHECK (organization_id = current_setting(''chartway.organization'', true))',
        tenant.relname);
    END IF;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON chartway.%I TO chartway_app', tenant.relname);
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = tenant.oid AND polname = 'erasing') THEN
      EXECUTE format(
        'CREATE POLICY erasing ON chartway.%I TO chartway_eraser
           USING (organization_id = current_setting(''chartway.organization'', true))
           WITH CHECK (organization_id = current_setting(''chartway.organization'', true))',
        tenant.relname);
    END IF;
    EXECUTE format('GRANT SELECT, DELETE ON chartway.%I TO chartway_eraser', tenant.relname);
  END LOOP;
END $$;

-- A table that a backup could not see would be lost with the machine.
GRANT USAGE ON SCHEMA chartway TO chartway_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA chartway TO chartway_backup;
DO $$
DECLARE
  unseen record;
BEGIN
  FOR unseen IN
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'chartway'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
       AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'whole_installation')
  LOOP
    EXECUTE format('CREATE POLICY whole_installation ON chartway.%I FOR SELECT TO chartway_backup
      USING (true)', unseen.relname);
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA chartway TO chartway_eraser;
REVOKE DELETE ON organizations, offboardings FROM chartway_eraser;
GRANT INSERT, UPDATE ON offboardings TO chartway_eraser;
GRANT INSERT ON access_events TO chartway_eraser;
GRANT UPDATE (state) ON practices TO chartway_eraser;
-- What was destroyed, when and by whom stays written.
REVOKE INSERT, UPDATE, DELETE ON offboardings FROM chartway_app;

-- Organizations are made and listed from above; a tenant reads its own name.
REVOKE INSERT, UPDATE, DELETE ON organizations FROM chartway_app;
GRANT SELECT, INSERT ON organizations TO chartway_system;
-- An organization's own hold is lifted by its operator.
GRANT UPDATE (held_at, held_because, held_as_of) ON organizations TO chartway_app;
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_policy WHERE polrelid = 'organizations'::regclass AND polname = 'all_organizations'
  ) THEN
    CREATE POLICY all_organizations ON organizations TO chartway_system USING (true) WITH CHECK (true);
  END IF;
END $$;
GRANT SELECT ON migrations TO chartway_system;

-- What happened can be added to and read, not changed.
REVOKE UPDATE, DELETE ON access_events FROM chartway_app;
