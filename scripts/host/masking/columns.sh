# shellcheck shell=bash disable=SC2154
# Part of the scripts that copy a database with its values masked: every column that holds values, as JSON.

# A statement that prints it. Tables that an extension brought along hold nobody's values, unless it has them dumped.
columns_query() {
  cat <<SQL
WITH RECURSIVE bases(type, base, modifier) AS (
  SELECT oid, oid, -1 FROM pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, base, CASE d.typtypmod WHEN -1 THEN modifier ELSE d.typtypmod END
  FROM pg_type d JOIN bases ON d.typbasetype = type WHERE d.typtype = 'd'
), listed AS (
  SELECT nspname, relname, attnum, json_build_object(
    'schema', nspname, 'table', relname, 'column', attname, 'type', format_type(atttypid, atttypmod),
    'kind', CASE WHEN item.typname IN ('citext', 'uuid', 'bytea') THEN item.typname
      WHEN item.typcategory = 'S' THEN 'text' ELSE 'other' END,
    'isList', whole.typcategory = 'A',
    'limit', CASE WHEN item.oid IN ('varchar'::regtype, 'bpchar'::regtype)
      THEN nullif(greatest(atttypmod, outside.modifier, inside.modifier), -1) - 4 END,
    'isRequired', attnotnull OR domain.typnotnull, 'isGenerated', attgenerated <> '', 'isPartitioned', relkind = 'p',
    'references', ARRAY(SELECT format('%s.%s.%s', fn.nspname, fc.relname, fa.attname)
      FROM pg_constraint k, unnest(conkey, confkey) AS pair(own, far), pg_class fc, pg_namespace fn, pg_attribute fa
      WHERE contype = 'f' AND conparentid = 0 AND conrelid = c.oid AND own = a.attnum AND fc.oid = confrelid
        AND fn.oid = fc.relnamespace AND fa.attrelid = confrelid AND fa.attnum = far ORDER BY 1)) AS line
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    JOIN pg_type domain ON domain.oid = atttypid
    JOIN bases outside ON outside.type = atttypid
    JOIN pg_type whole ON whole.oid = outside.base
    JOIN bases inside ON inside.type = CASE whole.typcategory WHEN 'A' THEN whole.typelem ELSE whole.oid END
    JOIN pg_type item ON item.oid = inside.base
  WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND ($of_user OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension))
)
SELECT json_build_object('largeObjects', (SELECT count(*) FROM pg_largeobject_metadata),
  'columns', (SELECT coalesce(json_agg(line ORDER BY nspname, relname, attnum), '[]') FROM listed));
SQL
}
