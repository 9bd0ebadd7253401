-- epilepsi-anfald by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."answer_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE WHEN "s"."seizures" IS NULL THEN NULL WHEN "s"."seizures" >= 1 THEN 1 ELSE 0 END AS "event"
  FROM (
    SELECT
      "c"."answer_id",
      "c"."person_id",
      "c"."hospital",
      "c"."date",
      "c"."seizures",
      "c"."months_since_seizure",
      "c"."side_effects",
      "c"."work",
      "c"."sleep",
      "c"."concentration",
      "c"."memory",
      "c"."weight",
      "c"."appetite",
      "c"."mood",
      "c"."colour",
      LAG("c"."date") OVER (
        PARTITION BY "c"."person_id"
        ORDER BY "c"."date" NULLS FIRST, "c"."answer_id" NULLS FIRST
      ) AS "previous_time"
    FROM "epilepsy" AS "c"
    WHERE
      (
        "c"."date" >= CAST('2022-01-01' AS DATE)
        AND "c"."date" < CAST('2026-10-01' AS DATE)
      )
      AND NOT "c"."date" IS NULL
  ) AS s
  WHERE
    (
      "s"."previous_time" IS NULL
      OR CAST(EXTRACT(YEAR FROM "s"."previous_time") AS BIGINT) < CAST(EXTRACT(YEAR FROM "s"."date") AS BIGINT)
    )
    AND (
      "s"."date" >= CAST('2022-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
