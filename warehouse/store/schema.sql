-- The warehouse: a cache that landed files and the state file can rebuild. A new schema version means a rebuild.
-- dimensions: those that the rules in force name beside the four of owner_values. tag_days: on which the reading of some
-- tags may change.
create table meta (schema_version integer, rules_version integer, dimensions varchar[], tag_days date[]);
create sequence dim_keys;
create sequence item_keys;
create sequence tag_set_keys;
create sequence owner_keys;

create table generations (
    source varchar, period varchar, generation bigint, content varchar, loaded_at timestamptz,
    period_start timestamptz, period_end timestamptz, rows bigint, first_day date, data_to date,
    grain varchar, warnings varchar, rules_version integer,
    primary key (source, period)
);
-- Ordered by day; one row for each FOCUS line. line_no is the row number in the generation's landed file.
create table lines (
    source varchar, period varchar, generation bigint, line_no bigint, day date,
    charge_start timestamptz, charge_end timestamptz, dim integer, item integer, currency varchar,
    billed_cost decimal(38, 18), effective_cost decimal(38, 18),
    list_cost decimal(38, 18), contracted_cost decimal(38, 18),
    consumed_quantity decimal(38, 9), pricing_quantity decimal(38, 9)
);
-- Everything a rule may read. digest and salted are two independent hashes of the whole tuple.
create table dims (
    dim integer, digest ubigint, salted ubigint,
    provider varchar, publisher varchar, issuer varchar, billing_account varchar, billing_account_name varchar,
    sub_account varchar, sub_account_name varchar, service varchar, service_category varchar,
    service_subcategory varchar, region varchar, region_name varchar, resource varchar, resource_name varchar,
    resource_type varchar, charge_category varchar, commitment varchar, commitment_name varchar,
    resource_group varchar, tag_set integer
);
create table items (
    item integer, digest ubigint, salted ubigint,
    charge_class varchar, charge_frequency varchar, pricing_category varchar, commitment_status varchar,
    commitment_type varchar, sku varchar, sku_price varchar, meter varchar, consumed_unit varchar,
    pricing_unit varchar, invoice varchar, usage_type varchar, operation varchar, cost_driver varchar
);
create table tag_sets (tag_set integer, digest ubigint, salted ubigint, raw map(varchar, varchar));
-- One row for each stretch of charge days on which a set is read in one way: nearly always one for ever.
create table tag_sets_normal (
    tag_set integer, valid_from date, valid_to date, rules_version integer, tags map(varchar, varchar)
);

create table owners (
    period varchar, dim integer, valid_from date, valid_to date, owner integer, rules_version integer, why varchar
);
create table owner_values (
    owner integer, team varchar, application varchar, environment varchar, cost_centre varchar,
    extra map(varchar, varchar)
);

create table daily (
    source varchar, period varchar, day date, currency varchar, provider varchar, service varchar,
    charge_category varchar, team varchar,
    billed_cost decimal(38, 18), effective_cost decimal(38, 18),
    list_cost decimal(38, 18), contracted_cost decimal(38, 18), rows bigint
);
create table monthly_dims (
    source varchar, period varchar, month date, currency varchar, dim integer,
    billed_cost decimal(38, 18), effective_cost decimal(38, 18),
    list_cost decimal(38, 18), contracted_cost decimal(38, 18), rows bigint
);

-- Shared cost: who weighs what for a pool, with the cost that came of it; and the paired rows of who gives and receives.
create table pool_weights (
    period varchar, bucket varchar, pool varchar, step integer, part varchar, currency varchar, team varchar,
    kept boolean, weight decimal(38, 9), fallback varchar,
    billed_cost decimal(38, 18), effective_cost decimal(38, 18),
    list_cost decimal(38, 18), contracted_cost decimal(38, 18), rules_version integer
);
create table splits (
    source varchar, period varchar, day date, currency varchar, provider varchar, service varchar,
    charge_category varchar, team varchar, cost_centre varchar, pool varchar, step integer, received boolean,
    from_team varchar,
    billed_cost decimal(38, 18), effective_cost decimal(38, 18),
    list_cost decimal(38, 18), contracted_cost decimal(38, 18), rules_version integer
);
-- Which values of series the splits are by.
create table split_state (series_version bigint);
insert into split_state values (0);
