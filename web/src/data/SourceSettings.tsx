import type { Source } from '../api/types';
import { Link } from '../app/Link';
import { printDraft } from '../connect/draft';
import { valuesOf } from '../connect/fields';
import { count } from '../format/format';
import { printAddress, VIEW_DEFAULTS } from '../query/address';
import { DEFAULTS } from '../query/query';
import { Panel } from '../ui/States';
import { Fact } from './Fact';

/** How a source is set up. A secret is shown as the place it is kept in, never as what it holds. */
export function SourceSettings({ source }: { source: Source }) {
  const how = source.collector;
  if (!how) return null;
  const values = valuesOf(how.settings);
  const draft = printDraft({ name: source.source, months: String(how.months), values, holes: {} });
  const change = printAddress(DEFAULTS, { ...VIEW_DEFAULTS, tab: 'settings', sel: draft });
  return (
    <Panel
      title="Settings"
      note={how.kind}
      tools={
        how.origin === 'api' && (
          <Link path={`/data/connect/${how.kind}`} text={change} className="button small">
            Change
          </Link>
        )
      }
    >
      {how.origin === 'file' && <p className="muted">Set in outlay.yaml; change it there and restart the server.</p>}
      <dl className="facts">
        {Object.entries(values).map(([name, value]) => (
          <Fact key={name} name={name.replaceAll('_', ' ')} value={<span className="setting">{value}</span>} />
        ))}
        <Fact name="history" value={`${count(how.months)} months`} />
        <Fact name="looked at every" value={`${count(how.interval_hours)} h`} />
      </dl>
    </Panel>
  );
}
