-- What people say about a cluster, besides its labels: PS 2.2.
-- JSON array of [key, value].
ALTER TABLE clusters ADD COLUMN annotations TEXT NOT NULL DEFAULT '[]';
ALTER TABLE clusters ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE clusters ADD COLUMN zone TEXT NOT NULL DEFAULT '';
