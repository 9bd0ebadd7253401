-- hofteprotese-revision-5-aar by hospital, 2017-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."operation_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    "s"."side" AS "same_side",
    CAST(CASE
      WHEN CAST(DATE_DIFF('DAY', CAST("s"."date" AS DATE), CAST("p0"."death_date" AS DATE)) AS BIGINT) < 1825
      THEN CAST(DATE_DIFF('DAY', CAST("s"."date" AS DATE), CAST("p0"."death_date" AS DATE)) AS BIGINT)
      ELSE 1825
    END AS BIGINT) AS "stop_days"
  FROM "hip_operations" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."operation" = 'primary' AND "s"."implant" = 'total'
    )
    AND (
      "s"."date" >= CAST('2017-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MIN(
      CASE
        WHEN "r"."date" >= "i"."index_time"
        AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '1825' DAY
        AND "r"."side" = "i"."same_side"
        AND "r"."operation" = 'revision'
        THEN CAST("r"."date" AS TIMESTAMP)
      END
    ) AS "event"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "hip_operations" AS "c"
    WHERE
      "c"."operation" = 'revision'
      AND (
        "c"."date" >= CAST('2016-12-31' AS DATE)
        AND "c"."date" <= CAST('2031-10-01' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND "r"."date" >= "i"."index_time"
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '1825' DAY
    AND NOT (
      "r"."operation_id" = "i"."key_0"
    )
  GROUP BY
    "i"."key_0"
), "reached" AS (
  SELECT
    "i"."unit_code",
    "i"."index_time",
    "i"."stop_days",
    CAST(DATE_DIFF('DAY', CAST("i"."index_time" AS DATE), CAST("linked_0"."event" AS DATE)) AS BIGINT) AS "reached"
  FROM "index_events" AS "i"
  LEFT JOIN "linked_0"
    ON "linked_0"."key_0" = "i"."key_0"
), "followed" AS (
  SELECT
    "i"."unit_code",
    "i"."index_time",
    CASE WHEN "i"."reached" >= 0 AND "i"."reached" <= "i"."stop_days" THEN 1 ELSE 0 END AS "happened",
    CASE
      WHEN "i"."reached" >= 0 AND "i"."reached" <= "i"."stop_days"
      THEN "i"."reached"
      ELSE CASE WHEN "i"."stop_days" < 0 THEN 0 ELSE "i"."stop_days" END
    END AS "days"
  FROM "reached" AS "i"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."days" AS BIGINT) AS "bin",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."happened"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM("i"."days"), 0) AS BIGINT) AS "person_days"
FROM "followed" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."days"
