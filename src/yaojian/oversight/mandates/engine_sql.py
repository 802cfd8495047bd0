"""The statements of `engine.py`. `/*rows*/` stands for a query of another room's door."""

from __future__ import annotations

RECURS = """(NOT s.late AND s.mandate_id = ANY (ARRAY (SELECT id FROM mandates_mandate
        WHERE formula->'period'->>'unit' = 'rolling_years')))"""
"""Of a standing `s`: its day is the next one even while it is met, so that it comes ahead of time.

What was made up for after the end of its mandate (late) comes no more.
"""
TABLES = (
    """DROP TABLE IF EXISTS run_subject, run_version, run_kind, run_place, run_kind_rule, run_place_reach,
         run_organ, run_drawn, run_pair, run_entered, run_act, run_standing""",
    """CREATE TEMP TABLE run_subject (id bigint, subject_type text, flags text[], risk_grade text,
         in_production boolean, division_code text, responsible_organ_id bigint, opened_on date)
         ON COMMIT DROP""",
    """CREATE TEMP TABLE run_version (subject_id bigint, subject_type text, flags text[], risk_grade text,
         in_production boolean, division_code text, responsible_organ_id bigint, closed_on date,
         valid_to date)
         ON COMMIT DROP""",
    """CREATE TEMP TABLE run_kind_rule (kind_id integer, rule_id bigint, program integer, reach integer,
         levels integer, minimum integer, valid_from date, is_share boolean) ON COMMIT DROP""",
    "CREATE TEMP TABLE run_place_reach (place_id integer, reach integer) ON COMMIT DROP",
    """CREATE TEMP TABLE run_organ (id bigint, levels integer, executing bigint, nobody boolean)
         ON COMMIT DROP""",
    "CREATE TEMP TABLE run_drawn (rule_id bigint, subject_id bigint) ON COMMIT DROP",
    "CREATE TEMP TABLE run_act (subject_id bigint, day date, kind text, level text) ON COMMIT DROP",
)
LEARN = ("ANALYZE run_subject", "ANALYZE run_version", "ANALYZE run_kind", "ANALYZE run_place")
"""Without figures about a table filled a moment ago the database walks through it once for each row."""
SUBJECTS = "INSERT INTO run_subject /*rows*/"
VERSIONS = """INSERT INTO run_version
    SELECT v.* FROM (/*rows*/) v (subject_id, subject_type, flags, risk_grade, in_production, division_code,
                                  responsible_organ_id, closed_on, valid_to)
    WHERE EXISTS (SELECT FROM run_subject s WHERE s.id = v.subject_id)"""
KINDS = """CREATE TEMP TABLE run_kind ON COMMIT DROP AS
    SELECT row_number() OVER ()::integer AS id, k.* FROM (
      SELECT subject_type, flags, risk_grade, in_production FROM run_subject
      UNION SELECT subject_type, flags, risk_grade, in_production FROM run_version) k"""
PLACES = """CREATE TEMP TABLE run_place ON COMMIT DROP AS
    SELECT row_number() OVER ()::integer AS id, p.* FROM (
      SELECT division_code, responsible_organ_id FROM run_subject
      UNION SELECT division_code, responsible_organ_id FROM run_version) p"""
PAIRS = """CREATE TEMP TABLE run_pair ON COMMIT DROP AS
    SELECT s.id AS subject_id, r.rule_id, r.program, r.reach, r.minimum, r.is_share, s.opened_on,
           greatest(s.opened_on, r.valid_from) AS since, o.executing AS organ_id,
           o.nobody
      FROM run_subject s
      JOIN run_kind k USING (subject_type, flags, risk_grade, in_production)
      JOIN run_kind_rule r ON r.kind_id = k.id
      JOIN run_place p USING (division_code, responsible_organ_id)
      JOIN run_place_reach e ON e.place_id = p.id AND e.reach = r.reach
      JOIN run_organ o ON o.id = s.responsible_organ_id AND o.levels = r.levels"""
ENTERED = """CREATE TEMP TABLE run_entered ON COMMIT DROP AS
    SELECT q.subject_id, q.rule_id, max(v.valid_to) + 1 AS since
      FROM run_version v
      JOIN run_kind k USING (subject_type, flags, risk_grade, in_production)
      JOIN run_place p USING (division_code, responsible_organ_id)
      JOIN run_pair q USING (subject_id)
      LEFT JOIN run_kind_rule r ON r.kind_id = k.id AND r.rule_id = q.rule_id
      LEFT JOIN run_place_reach e ON e.place_id = p.id AND e.reach = q.reach
     WHERE v.closed_on IS NOT NULL OR r.rule_id IS NULL OR e.place_id IS NULL
     GROUP BY q.subject_id, q.rule_id"""
ACTS = """INSERT INTO run_act
    SELECT a.subject_id, a.day, a.facts->>'inspection_kind', a.facts->>'organ_level'
      FROM (SELECT subject_id, (claimed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, facts
              FROM (/*rows*/) r (subject_id, claimed_at, facts)) a
      JOIN run_subject s ON s.id = a.subject_id AND a.day >= s.opened_on"""
FRESH = (
    "ANALYZE run_entered",
    "ANALYZE run_act",
    """CREATE TEMP TABLE run_standing (subject_id bigint, mandate_id bigint, organ_id bigint, opened_on date,
         since date, due_on date, last_on date, met boolean, late boolean, done integer, needed integer,
         nobody boolean)
         ON COMMIT DROP""",
)
_COUNTED = """a.subject_id, count(*) FILTER (WHERE a.day >= %(start)s) AS done, max(a.day) AS last_on,
              count(*) FILTER (WHERE a.day BETWEEN %(start)s AND %(until)s) AS at_end"""
_FROM_ACTS = """FROM run_act a WHERE (%(any_kind)s OR a.kind = ANY(%(kinds)s::text[]))
             AND (%(any_level)s OR a.level = ANY(%(levels)s::text[])) GROUP BY a.subject_id"""
_BOUND = """SELECT p.subject_id, p.rule_id, p.organ_id, p.opened_on,
               greatest(p.since, e.since) AS since, p.minimum, p.is_share, p.nobody,
               d.rule_id IS NOT NULL AS drawn
          FROM run_pair p
          LEFT JOIN run_entered e ON e.subject_id = p.subject_id AND e.rule_id = p.rule_id
          LEFT JOIN run_drawn d ON d.subject_id = p.subject_id AND d.rule_id = p.rule_id AND p.is_share
         WHERE p.program = %(program)s"""
# 29 February becomes 1 March where there is none, as in duties.years_later.
_YEARS_LATER = """(c.counted + make_interval(years => %(n)s))::date
      + CASE WHEN extract(month FROM c.counted) = 2 AND extract(day FROM c.counted) = 29
              AND extract(day FROM c.counted + make_interval(years => %(n)s)) = 28 THEN 1 ELSE 0 END"""
# Of mandates that are over: what was overdue at their end, met late by acts since.
_LEFT_OVER = """(NOT %(is_over)s
               OR c.at_end < c.needed AND c.since <= %(until)s AND c.due_on <= %(until)s)"""
_STANDING = f"""INSERT INTO run_standing
      SELECT c.subject_id, c.rule_id, c.organ_id, c.opened_on, c.since, c.due_on, c.last_on,
             c.done >= c.needed, c.done >= c.needed AND (c.late OR %(is_over)s), c.done, c.needed, c.nobody
        FROM (/*counted*/) c WHERE {_LEFT_OVER}"""  # noqa: S608
_COUNTS = {
    "calendar": f"""SELECT d.*, false AS late,
             CASE WHEN d.is_share THEN %(end)s::date
                  WHEN d.at_end >= d.needed THEN %(next_end)s::date
                  WHEN d.since <= %(before)s AND d.earlier < d.minimum AND d.at_end = 0
                  THEN %(before_end)s::date
                  ELSE %(end)s::date END AS due_on
        FROM (SELECT b.*, coalesce(n.done, 0) AS done, coalesce(n.at_end, 0) AS at_end,
                     coalesce(n.earlier, 0) AS earlier, n.last_on,
                     CASE WHEN b.is_share THEN CASE WHEN b.drawn THEN b.minimum ELSE 0 END
                          WHEN b.since <= %(start)s THEN b.minimum
                          ELSE greatest(1, (b.minimum * (%(end)s::date - b.since + 1) + %(days)s - 1)
                                           / %(days)s)
                     END AS needed
                FROM ({_BOUND}) b
                LEFT JOIN (SELECT {_COUNTED},
                                  count(*) FILTER (WHERE a.day BETWEEN %(before)s AND %(before_end)s)
                                    AS earlier
                             {_FROM_ACTS}) n USING (subject_id)) d""",  # noqa: S608
    "rolling_years": f"""SELECT c.*, false AS late,
             CASE WHEN c.is_share THEN %(end)s::date ELSE {_YEARS_LATER} END AS due_on
        FROM (SELECT b.*, coalesce(n.done, 0) AS done, coalesce(n.at_end, 0) AS at_end, n.last_on,
                     greatest(n.nth, b.since) AS counted,
                     CASE WHEN b.is_share AND NOT b.drawn THEN 0 ELSE b.minimum END AS needed
                FROM ({_BOUND}) b
                LEFT JOIN (SELECT {_COUNTED},
                                  (array_agg(a.day ORDER BY a.day DESC)
                                     FILTER (WHERE a.day <= %(until)s))[%(minimum)s] AS nth
                             {_FROM_ACTS}) n USING (subject_id)) c""",  # noqa: S608
    "window": f"""SELECT b.*, %(end)s::date AS due_on, coalesce(n.done, 0) AS done,
                     coalesce(n.at_end, 0) AS at_end, n.last_on,
                     NOT b.is_share AND coalesce(n.in_time, 0) < b.needed AS late
                FROM (SELECT w.*, CASE WHEN w.is_share AND NOT w.drawn THEN 0 ELSE w.minimum END AS needed
                        FROM ({_BOUND}) w) b
                LEFT JOIN (SELECT {_COUNTED},
                                  count(*) FILTER (WHERE a.day BETWEEN %(start)s AND %(end)s) AS in_time
                             {_FROM_ACTS}) n USING (subject_id)""",  # noqa: S608
}
STANDING_OF = {way: _STANDING.replace("/*counted*/", counts) for way, counts in _COUNTS.items()}
MERGE = (
    """DELETE FROM mandates_standing d WHERE /*only*/ NOT EXISTS
         (SELECT FROM run_standing f WHERE f.subject_id = d.subject_id AND f.mandate_id = d.mandate_id)""",
    """UPDATE mandates_standing d SET organ_id = f.organ_id, opened_on = f.opened_on, since = f.since,
         due_on = f.due_on, last_on = f.last_on, met = f.met, late = f.late, done = f.done, needed = f.needed,
         nobody = f.nobody
         FROM run_standing f WHERE f.subject_id = d.subject_id AND f.mandate_id = d.mandate_id
         AND (d.organ_id, d.opened_on, d.since, d.due_on, d.last_on, d.met, d.late, d.done, d.needed,
              d.nobody)
             IS DISTINCT FROM
             (f.organ_id, f.opened_on, f.since, f.due_on, f.last_on, f.met, f.late, f.done, f.needed,
              f.nobody)""",
    """INSERT INTO mandates_standing (subject_id, mandate_id, organ_id, opened_on, since, due_on, last_on,
         met, late, done, needed, nobody)
       SELECT subject_id, mandate_id, organ_id, opened_on, since, due_on, last_on, met, late, done, needed,
              nobody
         FROM run_standing f WHERE NOT EXISTS
         (SELECT FROM mandates_standing d WHERE d.subject_id = f.subject_id AND d.mandate_id = f.mandate_id)
        ORDER BY mandate_id, organ_id, due_on""",
)
