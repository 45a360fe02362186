/** Stands in every value that is somebody's; in lower case, since an index of words keeps it so. */
export const planted = "zanzibar7qx";
export const plantedId = "5a4e5a49-4241-4237-8158-5a4e5a494241";

/** What both databases have. Names, types and places of columns are chosen to be in the way. */
export const tables = `
  CREATE EXTENSION citext; CREATE EXTENSION postgres_fdw;
  SET ROLE owner;
  CREATE SCHEMA "Odd ""Schema";
  CREATE DOMAIN nick AS varchar(40) CHECK (value <> '');
  CREATE TABLE people (id uuid PRIMARY KEY, mail citext UNIQUE NOT NULL, name text NOT NULL, phone varchar(15),
    address text, token char(32), short varchar(16) UNIQUE, nick nick, note text NOT NULL DEFAULT '', gone text, tags text[],
    "Ids" uuid[], profile jsonb, raw bytea, born date, dropped text,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || note)) STORED);
  ALTER TABLE people DROP COLUMN dropped;
  CREATE TABLE logins (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail citext REFERENCES people (mail), person uuid REFERENCES people);
  CREATE TABLE visits (name text NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE places (address text);
  CREATE TABLE shops (owner text) INHERITS (places);
  CREATE TABLE "Odd ""Schema"."a 'table'" ("a ""column""" text);
  CREATE TABLE audit (line text);
  CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.audit VALUES (OLD::text); RETURN NEW; END $$;
  CREATE TRIGGER tell BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION tell();
  ALTER TABLE people ENABLE ALWAYS TRIGGER tell;
  CREATE RULE keep AS ON DELETE TO audit DO INSTEAD NOTHING;
  ALTER TABLE audit ENABLE ALWAYS RULE keep;
  CREATE MATERIALIZED VIEW names AS SELECT name, words FROM people;
  CREATE TABLE items (id int, name text);`;

/** Ten thousand people, of whom a value of each column may be found again. */
export const rows = `
  INSERT INTO people SELECT CASE n WHEN 1 THEN '${plantedId}' ELSE gen_random_uuid() END, 'Mail' || n || '@${planted}.org',
      '${planted} ' || n % 100, '+49' || n, '${planted} street', md5('${planted}' || n), '${planted}' || n, '${planted}',
      '${planted}', '${planted}', ARRAY['${planted}', NULL, n::text], ARRAY['${plantedId}'::uuid],
      jsonb_build_object('${planted}', '${planted}'), '${planted}', '1990-01-01'
    FROM generate_series(1, 10100) n;
  UPDATE people SET note = note || ' again', "Ids" = ARRAY[id]; DELETE FROM people WHERE short ~ '10[0-9]{3}$' AND short !~ '10000$';
  INSERT INTO logins (mail, person) SELECT lower(mail::text), id FROM people WHERE short LIKE '%7';
  INSERT INTO visits SELECT name, '2025-05-05' FROM people LIMIT 10;
  INSERT INTO places VALUES ('${planted} street'); INSERT INTO shops VALUES ('${planted}', '${planted}');
  INSERT INTO "Odd ""Schema"."a 'table'" VALUES ('${planted}'), (''), (NULL);
  INSERT INTO audit VALUES ('${planted}');
  COMMENT ON TABLE people IS '${planted}';
  SELECT lo_from_bytea(0, '${planted}');
  REFRESH MATERIALIZED VIEW names;
  RESET ROLE;
  CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.invalid');
  CREATE USER MAPPING FOR owner SERVER far OPTIONS (user 'owner', password '${planted}');
  CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user '${planted}');
  CREATE PUBLICATION everything FOR ALL TABLES;
  ALTER TABLE places OWNER TO owner_g1; GRANT SELECT ON shops TO app_g1;
  ANALYZE;`;

export const rules = `
largeObjects: empty
tables:
  people:
    id: token
    mail: mail
    name: name
    phone: phone
    address: address
    token: token
    short: token
    nick: name
    note: text
    gone: null
    tags: text
    Ids: token
    profile: { value: {} }
    raw: token
    born: { value: 1970-01-01 }
  logins: { id: keep, mail: mail, person: token }
  visits: { name: name, at: keep }
  places: { address: address }
  shops: { address: address, owner: name }
  'Odd "Schema.a ''table''': { 'a "column"': text }
  audit: empty
  items: { id: keep, name: keep }
`;
