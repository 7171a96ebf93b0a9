-- 售后地址有效: each check of the return address finds it valid, at once or within 24 hours.
INSERT INTO rule (rule, day) VALUES ('return-address-valid', 'due');

INSERT INTO clock (rule, shop, kind, id, part, start, since, due, stop)
SELECT DISTINCT 'return-address-valid', shop, kind, id, at, at, at, at + 24 * 3600000,
  (SELECT min(at) FROM fact f WHERE f.shop = c.shop AND f.kind = 'shop' AND f.type = 'address.checked' AND f.valid = 'true' AND f.at >= c.at)
FROM fact c WHERE kind = 'shop' AND type = 'address.checked';
