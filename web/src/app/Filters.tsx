import { useCatalogue } from '../api/queries';
import { shortened } from '../format/format';
import { missingLabel, type Names } from '../query/group';
import { type Filter, printFilter } from '../query/query';
import { Icon } from '../ui/Icon';
import { PanelButton } from '../ui/PanelButton';
import { useAddress } from './address';
import { useCalled } from './Called';
import { FilterEditor } from './FilterEditor';

export function useDimensionLabel(): (name: string) => string {
  const dimensions = useCatalogue().data?.dimensions;
  return (name) => dimensions?.find((item) => item.name === name)?.label ?? spelt(name);
}

/** Of a tag, and of what is kept beside each dimension of the rules, such as `rule.team`. */
function spelt(name: string): string {
  if (name.startsWith('tag.')) return `Tag ${name.slice(4)}`;
  const [, word, about] = /^(rule|layer|reason|version)\.(.+)$/.exec(name) ?? [];
  return word && about ? `${word.charAt(0).toUpperCase()}${word.slice(1)} of ${about.replaceAll('_', ' ')}` : name;
}

/** The filters in force as chips that open to be changed, and the way to add one. */
export function Filters({ names }: { names?: Names | undefined }) {
  const { query, go } = useAddress();
  const set = (where: Filter[]) => go({ query: { where } });
  return (
    <div className="filters">
      {query.where.map((filter, index) => (
        <Chip
          key={printFilter(filter)}
          filter={filter}
          names={names}
          onChange={(next) => set(query.where.map((old, at) => (at === index ? next : old)))}
          onRemove={() => set(query.where.filter((_, at) => at !== index))}
        />
      ))}
      <AddFilter onAdd={(filter) => set([...query.where, filter])} />
    </div>
  );
}

const VALUE_MOST = 40;

export function filterText(
  filter: Filter,
  label: (name: string) => string,
  called: (dimension: string, value: string) => string,
): { name: string; verb: string; values: string } {
  const values = filter.values.map((value) =>
    value.marker
      ? missingLabel(filter.dimension)
      : value.contains
        ? `“${value.text}”`
        : called(filter.dimension, value.text),
  );
  const contains = filter.values.length > 0 && filter.values.every((value) => value.contains);
  const verb = contains ? (filter.negated ? 'without' : 'contains') : filter.negated ? 'is not' : 'is';
  const shown =
    values
      .slice(0, 2)
      .map((value) => shortened(value, VALUE_MOST))
      .join(', ') + (values.length > 2 ? ` +${values.length - 2}` : '');
  return { name: label(filter.dimension), verb, values: shown };
}

function Chip({
  filter,
  names,
  onChange,
  onRemove,
}: {
  filter: Filter;
  names: Names | undefined;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}) {
  const label = useDimensionLabel();
  const { name, verb, values } = filterText(filter, label, useCalled(names));
  return (
    <span className="chip">
      <PanelButton
        className="chip-open"
        label={`Filter by ${name}`}
        panelClass="filter-dialog"
        panel={(close) => (
          <FilterEditor
            filter={filter}
            onDone={(next) => {
              if (next.values.length) onChange(next);
              else onRemove();
              close();
            }}
          />
        )}
      >
        <span className="muted">
          {name} {verb}
        </span>{' '}
        <bdi title={filter.values.map((value) => value.text).join(', ')}>{values}</bdi>
      </PanelButton>
      <button
        type="button"
        className="chip-close"
        aria-label={`Remove the filter ${name} ${verb} ${values}`}
        onClick={onRemove}
      >
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}

function AddFilter({ onAdd }: { onAdd: (filter: Filter) => void }) {
  return (
    <PanelButton
      className="button quiet"
      id="add-filter"
      label="Add a filter"
      panelClass="filter-dialog"
      panel={(close) => (
        <FilterEditor
          filter={null}
          onDone={(filter) => {
            if (filter.values.length) onAdd(filter);
            close();
          }}
        />
      )}
    >
      <Icon name="filter" size={16} />
      <span className="button-text">Filter</span>
    </PanelButton>
  );
}
