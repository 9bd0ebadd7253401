-- participation-rate by provider, all years to the last
WITH "index_events" AS (
  SELECT
    "s"."provider" AS "key_0",
    "s"."year" AS "key_1",
    "s"."year" AS "index_time",
    "s"."provider" AS "unit_code",
    "s"."before" AS "part",
    "s"."eligible" AS "whole"
  FROM "participation" AS "s"
  WHERE
    TRUE
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST("i"."index_time" AS BIGINT) AS "period",
  CAST(COALESCE(SUM("i"."whole"), 0) AS BIGINT) AS "eligible",
  CAST(COALESCE(
    SUM(
      CASE WHEN NOT "i"."part" IS NULL AND NOT "i"."whole" IS NULL THEN "i"."whole" END
    ),
    0
  ) AS BIGINT) AS "n",
  CAST(COALESCE(
    SUM(CASE WHEN NOT "i"."part" IS NULL AND NOT "i"."whole" IS NULL THEN "i"."part" END),
    0
  ) AS BIGINT) AS "numerator",
  CAST(COALESCE(
    SUM(CASE WHEN NOT "i"."part" IS NULL AND NOT "i"."whole" IS NULL THEN 0 ELSE 1 END),
    0
  ) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST("i"."index_time" AS BIGINT)
