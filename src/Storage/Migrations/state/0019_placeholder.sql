-- Stands for the step of this number that is made elsewhere: numbers have no gap.
SELECT 1;
