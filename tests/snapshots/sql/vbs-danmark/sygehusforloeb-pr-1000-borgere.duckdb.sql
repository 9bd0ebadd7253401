-- sygehusforloeb-pr-1000-borgere by residence, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."contact_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."start" AS "index_time",
    "p1"."region" AS "unit_code"
  FROM (
    SELECT
      "c"."contact_id",
      "c"."person_id",
      "c"."hospital",
      "c"."start",
      "c"."end",
      "c"."contact_kind",
      "c"."acute",
      "c"."diagnosis",
      "c"."drg_value",
      MAX(COALESCE("c"."end", "c"."start")) OVER (
        PARTITION BY "c"."person_id"
        ORDER BY "c"."start" NULLS FIRST
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) AS "latest_end"
    FROM "contacts" AS "c"
    WHERE
      (
        "c"."end" >= CAST('2021-12-31 00:00:00' AS TIMESTAMP) OR "c"."end" IS NULL
      )
      AND "c"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
  ) AS s
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  LEFT JOIN "municipalities" AS "p1"
    ON "p1"."municipality" = "p0"."municipality"
  WHERE
    (
      "s"."latest_end" IS NULL
      OR CAST("s"."start" AS TIMESTAMP) >= CAST("s"."latest_end" AS TIMESTAMP) + INTERVAL '24' HOUR
    )
    AND (
      "s"."start" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
), "events" AS (
  SELECT
    CAST("i"."unit_code" AS TEXT) AS "unit_code",
    CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
      EXTRACT(QUARTER FROM "i"."index_time") - 1
    ) AS BIGINT) AS "period",
    CAST(COUNT(*) AS BIGINT) AS "eligible",
    CAST(0 AS BIGINT) AS "n",
    CAST(COUNT(*) AS BIGINT) AS "numerator"
  FROM "index_events" AS "i"
  GROUP BY
    "i"."unit_code",
    CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
      EXTRACT(QUARTER FROM "i"."index_time") - 1
    ) AS BIGINT)
), "population_on_first_day" AS (
  SELECT
    CAST("d"."region" AS TEXT) AS "unit_code",
    CAST(EXTRACT(YEAR FROM "d"."date") * 4 + (
      EXTRACT(QUARTER FROM "d"."date") - 1
    ) AS BIGINT) AS "period",
    CAST(0 AS BIGINT) AS "eligible",
    CAST(COALESCE(SUM("d"."persons"), 0) AS BIGINT) AS "n",
    CAST(0 AS BIGINT) AS "numerator"
  FROM "population" AS "d"
  WHERE
    (
      EXTRACT(DAY FROM "d"."date") = 1
      AND EXTRACT(MONTH FROM "d"."date") IN (1, 4, 7, 10)
    )
    AND (
      "d"."date" >= CAST('2022-01-01' AS DATE)
      AND "d"."date" < CAST('2026-10-01' AS DATE)
    )
  GROUP BY
    "d"."region",
    CAST(EXTRACT(YEAR FROM "d"."date") * 4 + (
      EXTRACT(QUARTER FROM "d"."date") - 1
    ) AS BIGINT)
)
SELECT
  "unit_code",
  "period",
  "eligible",
  "n",
  "numerator"
FROM (
  SELECT
    "unit_code",
    "period",
    "eligible",
    "n",
    "numerator"
  FROM "events"
  UNION ALL
  SELECT
    "unit_code",
    "period",
    "eligible",
    "n",
    "numerator"
  FROM "population_on_first_day"
) AS u
