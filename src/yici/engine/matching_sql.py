"""The statements of engine/matching.py, in order. They read the view raw_row and the tables rank, origin, area_map,
fold and differ, and work on temporary tables only. Nothing in them comes from outside.
"""

from __future__ import annotations

from yici.core.identity import APART, HEAD

PEOPLE = (
    # A household number of which all rows name one village lends it to the rows that name none.
    """
    CREATE OR REPLACE TEMP TABLE number_village AS
    SELECT r.number, min(a.unit) AS village FROM raw_row r JOIN area_map a USING (raw)
    WHERE r.number IS NOT NULL GROUP BY r.number HAVING count(DISTINCT a.unit) = 1
    """,
    """
    CREATE OR REPLACE TEMP TABLE ident AS
    SELECT r.* EXCLUDE (raw, number, head_id), a.unit AS own_village, coalesce(a.unit, v.village) AS village,
        coalesce(p.keep, r.idn) AS person, CASE WHEN r.idn IS NOT NULL THEN 'id' END AS how,
        coalesce(h.keep, r.number) AS household, coalesce(q.keep, r.head_id) AS head_id,
        k.number_base | (r.id & 4294967295) AS link_order, '?' || o.batch[:8] || '-' || (r.id & 4294967295) AS handle
    FROM raw_row r JOIN rank k USING (seq) JOIN origin o USING (seq)
    LEFT JOIN area_map a USING (raw)
    LEFT JOIN number_village v ON v.number = r.number
    LEFT JOIN fold p ON p.subject = 'person' AND p.key = r.idn
    LEFT JOIN fold q ON q.subject = 'person' AND q.key = r.head_id
    LEFT JOIN fold h ON h.subject = 'household' AND h.key = r.number
    """,
    # Rows of people without an ID number, under a handle that rows of other ledgers about the same person share.
    """
    CREATE OR REPLACE TEMP TABLE loose AS
    SELECT id, name, birth, village, prefix, handle, CASE
        WHEN name IS NOT NULL AND prefix IS NOT NULL THEN '?' || md5(concat_ws('|', name, prefix))[:12]
        WHEN name IS NOT NULL AND length(birth) = 10 AND village IS NOT NULL
            THEN '?' || md5(concat_ws('|', name, birth, village))[:12]
        ELSE handle END AS shared
    FROM ident WHERE person IS NULL AND has_person
    """,
    # What is known of the people whose names are looked for: by all their rows.
    """
    CREATE OR REPLACE TEMP TABLE person_name AS
    SELECT DISTINCT person, idn, name FROM ident
    WHERE person IS NOT NULL AND name IN (
        SELECT name FROM loose UNION SELECT head_name FROM ident WHERE household IS NULL AND head_id IS NULL)
    """,
    """
    CREATE OR REPLACE TEMP TABLE person_village AS
    SELECT DISTINCT person, village FROM ident
    WHERE village IS NOT NULL AND person IN (SELECT person FROM person_name)
    """,
    """
    CREATE OR REPLACE TEMP TABLE person_birth AS
    SELECT person, birth FROM ident WHERE length(birth) = 10 AND person IN (SELECT person FROM person_name)
    UNION
    SELECT person, concat_ws('-', idn[7:10], idn[11:12], idn[13:14]) FROM person_name WHERE length(idn) = 18
    """,
    """
    CREATE OR REPLACE TEMP TABLE candidate AS
    SELECT l.id, l.handle, l.shared, n.person, 'prefix' AS how
    FROM loose l JOIN person_name n ON n.name = l.name AND n.idn[:15] = l.prefix
    UNION
    SELECT l.id, l.handle, l.shared, n.person, 'name'
    FROM loose l JOIN person_name n ON n.name = l.name
    JOIN person_village v ON v.person = n.person AND v.village = l.village
    JOIN person_birth b ON b.person = n.person AND b.birth[:7] = l.birth[:7] AND starts_with(b.birth, l.birth)
    WHERE l.prefix IS NULL AND length(l.birth) IN (7, 10)
    """,
    """
    DELETE FROM candidate WHERE EXISTS (
        SELECT 1 FROM differ d WHERE d.subject = 'person' AND d.other = candidate.person
        AND d.one IN (candidate.handle, candidate.shared))
    """,
    """
    CREATE OR REPLACE TEMP TABLE loose_key AS
    WITH found AS (SELECT id, min(person) AS person, min(how) AS how, count(DISTINCT person) AS n
                   FROM candidate GROUP BY id),
    keyed AS (SELECT l.id, l.handle, l.shared,
        CASE WHEN f.n = 1 THEN f.person WHEN f.n > 1 THEN l.handle ELSE l.shared END AS person,
        CASE WHEN f.n = 1 THEN f.how ELSE 'apart' END AS how FROM loose l LEFT JOIN found f USING (id))
    SELECT k.id, coalesce(a.keep, b.keep, k.person) AS person,
        CASE WHEN coalesce(a.keep, b.keep) IS NOT NULL THEN 'judged' ELSE k.how END AS how
    FROM keyed k
    LEFT JOIN fold a ON a.subject = 'person' AND a.key = k.handle
    LEFT JOIN fold b ON b.subject = 'person' AND b.key = k.shared
    """,
    "UPDATE ident SET person = k.person, how = k.how FROM loose_key k WHERE ident.id = k.id",
)

_LINKS = f"""
    SELECT person, arg_max(household, link_order + CASE WHEN starts_with(household, '{APART}') THEN 0
        ELSE 1::BIGINT << 61 END) AS household
    FROM ident WHERE person IS NOT NULL AND household IS NOT NULL GROUP BY person
"""  # noqa: S608 (own names)

HOUSEHOLDS = (
    f"CREATE OR REPLACE TEMP TABLE number_link AS {_LINKS}",
    f"""
    CREATE OR REPLACE TEMP TABLE number_head AS
    SELECT DISTINCT household, coalesce(head_id, CASE WHEN relation = '{HEAD}' THEN person END) AS head,
        coalesce(head_name, CASE WHEN relation = '{HEAD}' THEN name END) AS name, village
    FROM ident WHERE household IS NOT NULL
    """,  # noqa: S608 (own names)
    """
    CREATE OR REPLACE TEMP TABLE one_head AS
    SELECT head, min(household) AS household FROM number_head
    WHERE head IS NOT NULL GROUP BY head HAVING count(DISTINCT household) = 1
    """,
    """
    CREATE OR REPLACE TEMP TABLE one_named AS
    SELECT name, village, min(household) AS household FROM number_head
    WHERE name IS NOT NULL AND village IS NOT NULL GROUP BY name, village HAVING count(DISTINCT household) = 1
    """,
    """
    CREATE OR REPLACE TEMP TABLE person_named AS
    SELECT n.name, v.village, min(n.person) AS person, count(DISTINCT n.person) AS n
    FROM person_name n JOIN person_village v USING (person) GROUP BY n.name, v.village
    """,
    # Rows that tell of a household without its number: found by the head's ID number, else by the head's name.
    f"""
    CREATE OR REPLACE TEMP TABLE open_household AS
    SELECT i.id, i.person, i.village, i.head_name, p.n AS namesakes,
        coalesce(i.head_id, CASE WHEN i.relation = '{HEAD}' AND i.how <> 'apart' THEN i.person END) AS head,
        CASE WHEN p.n = 1 THEN p.person END AS named
    FROM ident i LEFT JOIN person_named p ON p.name = i.head_name AND p.village = i.village
    WHERE i.household IS NULL AND i.has_household
    """,  # noqa: S608 (own names)
    """
    CREATE OR REPLACE TEMP TABLE found_household AS
    SELECT o.id, CASE WHEN o.head IS NOT NULL THEN coalesce(h.household, l.household, '?' || ltrim(o.head, '?'))
        -- A head's name alone decides nothing: like a person's, it needs an ID number or a birth date beside it.
        WHEN o.head_name IS NOT NULL AND o.person IS NULL
            THEN '?' || md5(concat_ws('|', o.head_name, o.village))[:12]
        WHEN o.head_name IS NOT NULL THEN coalesce(n.household, h2.household, l2.household, own.household,
            '?' || ltrim(o.named, '?'), CASE WHEN o.namesakes IS NULL AND o.village IS NOT NULL
                THEN '?' || md5(concat_ws('|', o.head_name, o.village))[:12] END) END AS household
    FROM open_household o
    LEFT JOIN one_head h ON h.head = o.head
    LEFT JOIN number_link l ON l.person = o.head
    LEFT JOIN one_named n ON n.name = o.head_name AND n.village = o.village
    LEFT JOIN one_head h2 ON h2.head = o.named
    LEFT JOIN number_link l2 ON l2.person = o.named
    LEFT JOIN number_link own ON own.person = o.person
    """,
    """
    UPDATE ident SET household = coalesce(k.keep, f.household)
    FROM found_household f LEFT JOIN fold k ON k.subject = 'household' AND k.key = f.household
    WHERE ident.id = f.id AND f.household IS NOT NULL
    """,
    f"CREATE OR REPLACE TEMP TABLE link AS {_LINKS}",
    # Rows of a person that tell of the household without naming it: the household that person is in.
    """
    CREATE OR REPLACE TEMP TABLE own_household AS
    SELECT i.id, i.person, coalesce(l.household, '?' || ltrim(i.person, '?'), i.handle) AS household
    FROM ident i LEFT JOIN link l USING (person) WHERE i.household IS NULL AND i.has_household
    """,
    "UPDATE ident SET household = o.household FROM own_household o WHERE ident.id = o.id",
    """
    INSERT INTO link SELECT person, min(household) FROM own_household
    WHERE person IS NOT NULL AND person NOT IN (SELECT person FROM link) GROUP BY person
    """,
)

ENTERPRISES = (
    """
    CREATE OR REPLACE TEMP TABLE one_enterprise AS
    SELECT ent, min(uscc) AS uscc FROM ident WHERE ent IS NOT NULL AND uscc IS NOT NULL
    GROUP BY ent HAVING count(DISTINCT uscc) = 1
    """,
    """
    CREATE OR REPLACE TEMP TABLE firm AS
    WITH found AS (SELECT i.id, coalesce(i.uscc, o.uscc, '?' || md5(i.ent)[:12], i.handle) AS key
        FROM ident i LEFT JOIN one_enterprise o ON o.ent = i.ent WHERE i.has_enterprise OR i.uscc IS NOT NULL)
    SELECT f.id, coalesce(k.keep, f.key) AS enterprise
    FROM found f LEFT JOIN fold k ON k.subject = 'enterprise' AND k.key = f.key
    """,
)

# Subjects of the types that packs add: their key, or a handle of its own for a row that lacks it.
ADDED = (
    """
    CREATE OR REPLACE TEMP TABLE other AS
    SELECT i.id, i.added, coalesce(k.keep, i.added_key, i.handle) AS added_key FROM ident i
    LEFT JOIN fold k ON k.subject = i.added AND k.key = coalesce(i.added_key, i.handle)
    WHERE i.added IS NOT NULL
    """,
)

RECORDS = (
    """
    CREATE OR REPLACE TEMP TABLE matched AS
    SELECT i.id, i.seq, i.sheet, i.line, i.own_village AS village, i.person, i.household, f.enterprise,
        o.added, o.added_key, i.how FROM ident i LEFT JOIN firm f USING (id) LEFT JOIN other o USING (id)
    """,
    "DROP TABLE ident",
)
