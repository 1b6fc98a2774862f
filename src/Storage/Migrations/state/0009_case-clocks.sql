-- Nothing of its own: keeps the numbers without a gap.
SELECT 1;
