import { useGuide } from '../api/queries';
import { AddressLink } from '../app/Link';
import { Panel, Skeleton } from '../ui/States';

const TITLE = 'What to look at in the demo';

/** One sentence per planted event of the demo, each a link to the slice that proves it. */
export function Guide() {
  const { data, isPending } = useGuide(true);
  if (isPending)
    return (
      <Panel title={TITLE}>
        <Skeleton lines={8} />
      </Panel>
    );
  if (!data?.present || data.items.length === 0) return null;
  return (
    <Panel title={TITLE} note={data.loading ? 'older months are still loading' : undefined}>
      <ol className="guide">
        {data.items.map((item) => (
          <li key={item.key}>
            <AddressLink address={item.address} className="guide-item">
              <strong>{item.title}</strong>
              <span className="guide-sentence">{item.sentence}</span>
            </AddressLink>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
