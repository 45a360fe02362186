# shellcheck shell=bash disable=SC2034
# Part of ../run-migration.sh: what two databases are compared by, a line for each thing. Expressions are left out: what
# Postgres prints of them may change when it reads it again, and the things that have them are there by name.

of_user="n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"

tables_of_user="pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind = 'r' AND $of_user"

# Statements that print the schema.
schema_query() {
  local relations="pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
  cat <<SQL
SELECT format('extension %I', extname) FROM pg_extension ORDER BY 1;
SELECT format('schema %I owner %s', nspname, pg_get_userbyid(nspowner)) FROM pg_namespace n
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1;
SELECT format('relation %I.%I kind %s %s owner %s rows secured %s', nspname, relname, relkind, relpersistence,
  pg_get_userbyid(relowner), relrowsecurity) FROM $relations
  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND $of_user ORDER BY 1;
SELECT format('grant %s on %I.%I to %s', privilege_type, nspname, relname,
    CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END)
  FROM $relations, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)))
  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND $of_user ORDER BY 1;
SELECT format('column %I.%I %s %I %s required %s identity %s generated %s default %s', nspname, relname,
    row_number() OVER (PARTITION BY c.oid ORDER BY attnum), attname, format_type(atttypid, atttypmod),
    attnotnull, attidentity, attgenerated, atthasdef)
  FROM $relations JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND $of_user ORDER BY 1;
SELECT format('constraint %I.%I %I type %s of %s to %s valid %s', nspname, relname, conname, contype,
    $(names_of conkey conrelid), coalesce(confrelid::regclass::text, '-'), convalidated)
  FROM $relations JOIN pg_constraint ON conrelid = c.oid AND conparentid = 0 WHERE $of_user ORDER BY 1;
SELECT format('index %I.%I %s of %s unique %s partial %s', nspname, relname, indexrelid::regclass,
    $(names_of indkey indrelid), indisunique, indpred IS NOT NULL)
  FROM $relations JOIN pg_index ON indrelid = c.oid AND indisvalid WHERE $of_user ORDER BY 1;
SELECT format('trigger %I.%I %I calls %s enabled %s', nspname, relname, tgname, tgfoid::regproc, tgenabled)
  FROM $relations JOIN pg_trigger ON tgrelid = c.oid AND NOT tgisinternal AND tgparentid = 0 WHERE $of_user ORDER BY 1;
SELECT format('policy %I.%I %I', nspname, relname, polname)
  FROM $relations JOIN pg_policy ON polrelid = c.oid WHERE $of_user ORDER BY 1;
SELECT format('function %I.%I(%s) %s', nspname, proname, pg_get_function_identity_arguments(c.oid), md5(prosrc))
  FROM pg_proc c JOIN pg_namespace n ON n.oid = pronamespace
  WHERE ${of_user//pg_class/pg_proc} ORDER BY 1;
SELECT format('type %I.%I %s %s', nspname, typname, typtype,
    array_to_string(ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = c.oid ORDER BY enumsortorder), ','))
  FROM pg_type c JOIN pg_namespace n ON n.oid = typnamespace
  WHERE typtype IN ('d', 'e', 'r') AND ${of_user//pg_class/pg_type} ORDER BY 1;
SQL
}

# The names of columns by their numbers, which a copy counts without gaps. Usage: names_of NUMBERS TABLE
names_of() {
  printf '%s' "array_to_string(ARRAY(SELECT attname FROM unnest($1::int2[]) WITH ORDINALITY k(number, place)
    LEFT JOIN pg_attribute ON attrelid = $2 AND attnum = number ORDER BY place), ',', '-')"
}

# Statements that print what is in it: rows of each table, large objects, and where Alembic says that it is.
# Usage: content_query [EXPRESSION], an aggregate of the rows, each of which is called `each`
content_query() {
  cat <<SQL
SELECT format('SELECT format(''rows %%s %%s'', %L, concat_ws('' '', count(*)${1:+, ${1//\'/\'\'}})) FROM ONLY %I.%I each',
    nspname || '.' || relname, nspname, relname)
  FROM $tables_of_user ORDER BY nspname, relname \gexec
SELECT format('large objects %s', count(*)) FROM pg_largeobject_metadata;
SQL
  revisions_query
}

# Which row lies where, which in a copy of the files is the same: found while they are counted, and enough where each page
# has a checksum.
places_of_rows='bit_xor(hashtidextended(each.ctid, 0))'

# What is in them.
values_of_rows='sum(hashtextextended(each::text, 0)::numeric)'

# Statements that print where Alembic says that the database is.
revisions_query() {
  cat <<SQL
SELECT format('SELECT format(''revision %%s'', version_num) FROM %I.alembic_version ORDER BY 1', nspname)
  FROM $tables_of_user AND relname = 'alembic_version' ORDER BY nspname \gexec
SQL
}
