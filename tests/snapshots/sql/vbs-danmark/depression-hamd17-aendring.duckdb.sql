-- depression-hamd17-aendring by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."course_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."end" AS "index_time",
    "s"."hospital" AS "unit_code",
    CAST("s"."hamd17_start" AS DECIMAL(18, 6)) AS "baseline",
    CAST("s"."hamd17_end" AS DECIMAL(18, 6)) AS "follow_up"
  FROM "depression_care" AS "s"
  WHERE
    (
      "s"."diagnosis" LIKE 'DF32%' OR "s"."diagnosis" LIKE 'DF33%'
    )
    AND (
      "s"."end" >= CAST('2022-01-01' AS DATE)
      AND "s"."end" < CAST('2026-10-01' AS DATE)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL AND NOT "i"."follow_up" IS NULL
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "n",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL AND NOT "i"."follow_up" IS NULL
        THEN 0
        ELSE 1
      END
    ),
    0
  ) AS BIGINT) AS "missing",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL AND NOT "i"."follow_up" IS NULL
        THEN (
          "i"."follow_up" - "i"."baseline"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 6)) AS "sum",
  CAST(COALESCE(
    SUM(
      CAST(CASE
        WHEN NOT "i"."baseline" IS NULL AND NOT "i"."follow_up" IS NULL
        THEN (
          "i"."follow_up" - "i"."baseline"
        )
      END AS DECIMAL(19, 6)) * CASE
        WHEN NOT "i"."baseline" IS NULL AND NOT "i"."follow_up" IS NULL
        THEN (
          "i"."follow_up" - "i"."baseline"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 12)) AS "sum_sq"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
