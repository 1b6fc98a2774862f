-- When a user was locked (0: is not) and last signed in (0: never), and who they are at the organisation's own sign-in (empty: nobody).
ALTER TABLE users ADD COLUMN locked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN signed_in_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN subject $text NOT NULL DEFAULT '';

-- With what a user without a password chooses one: the token's SHA-256, good once and until then. At most one a user.
CREATE TABLE invitations (
  name $text NOT NULL PRIMARY KEY,
  hash $blob NOT NULL,
  until_at BIGINT NOT NULL
) $clustered;
CREATE UNIQUE INDEX invitations_hash ON invitations (hash);

-- Browsers that are signed in.
CREATE TABLE sign_ins (
  id $text NOT NULL PRIMARY KEY,
  name $text NOT NULL,
  since_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  address $text NOT NULL
) $clustered;
CREATE INDEX sign_ins_name ON sign_ins (name);

-- Who made a key, and when it ends by itself (0: never).
ALTER TABLE api_keys ADD COLUMN made_by $text NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
