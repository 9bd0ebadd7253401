-- eq5d-gain by provider, all years to the last
WITH "index_events" AS (
  SELECT
    "s"."record_id" AS "key_0",
    "s"."year" AS "index_time",
    "s"."provider" AS "unit_code",
    CAST("s"."eq5d_before" AS DECIMAL(18, 6)) AS "baseline",
    CAST("s"."eq5d_after" AS DECIMAL(18, 6)) AS "follow_up",
    CAST("s"."eq5d_expected" AS DECIMAL(18, 6)) AS "expected"
  FROM "records" AS "s"
  WHERE
    NOT "s"."revision"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST("i"."index_time" AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "n",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN 0
        ELSE 1
      END
    ),
    0
  ) AS BIGINT) AS "missing",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
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
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN (
          "i"."follow_up" - "i"."baseline"
        )
      END AS DECIMAL(19, 6)) * CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN (
          "i"."follow_up" - "i"."baseline"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 12)) AS "sum_sq",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN (
          "i"."expected" - "i"."baseline"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 6)) AS "expected",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "i"."baseline" IS NULL
        AND NOT "i"."follow_up" IS NULL
        AND NOT "i"."expected" IS NULL
        THEN CAST((
          "i"."follow_up" - "i"."expected"
        ) AS DECIMAL(19, 6)) * (
          "i"."follow_up" - "i"."expected"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 12)) AS "residual_sq"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST("i"."index_time" AS BIGINT)
