-- 差评挽回: a review of three stars or fewer is answered or solved within 24 hours.
INSERT INTO rule (rule, day) VALUES ('bad-review-recovery', 'due');
INSERT INTO excuse VALUES ('bad-review-recovery', 'spam'), ('bad-review-recovery', 'abuse');

INSERT INTO clock (rule, shop, kind, id, start, since, due, stop)
WITH posted AS (
  SELECT shop, id, min(at) AS posted FROM fact
  WHERE kind = 'review' AND type = 'review.posted' AND CAST(stars AS INTEGER) <= 3 GROUP BY shop, id
)
SELECT 'bad-review-recovery', shop, 'review', id, posted, posted, posted + 24 * 3600000,
  (SELECT min(at) FROM fact f WHERE f.shop = p.shop AND f.kind = 'review' AND f.id = p.id
     AND f.type IN ('review.replied', 'review.resolved') AND f.at >= posted)
FROM posted p;
