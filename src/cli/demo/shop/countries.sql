-- The reference table: the same for every tenant, readable by all.
CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL);
INSERT INTO countries VALUES
    ('AT', 'Austria'), ('BR', 'Brazil'), ('CH', 'Switzerland'), ('DE', 'Germany'), ('ES', 'Spain'),
    ('FR', 'France'), ('IN', 'India'), ('JP', 'Japan'), ('KE', 'Kenya'), ('US', 'United States');
COMMENT ON TABLE countries IS 'Where customers live; the same for all tenants';
