import { useAnswer } from '../api/queries';
import { scopeQuery, useAddress } from '../app/address';
import { Link } from '../app/Link';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import { Drawer } from '../ui/Drawer';
import { Skeleton } from '../ui/States';
import { Explanation } from './Explanation';
import { EXPLAIN, explainQuery, parseWhy, printWhy } from './questions';

/** The explanation of the page's own question, or of one row of its table over the same days; open in the address. */
export default function ExplainDrawer({ of }: { of?: CostQuery }) {
  const here = useAddress();
  const { view, go } = here;
  const asked = of ?? here.query;
  const why = parseWhy(view.why);
  const whole = useAnswer(scopeQuery(asked), why !== null);
  if (!why) return null;
  const query = why.filter ? narrowed(asked, whole.data) : asked;
  const alone = printQuery(explainQuery(query, { ...why, view: 'cause' }));
  return (
    <Drawer title="Why it changed" onClose={() => go({ view: { why: '' } })} wide>
      {whole.isPending ? (
        <Skeleton lines={14} />
      ) : (
        <Explanation
          query={query}
          why={why}
          onView={(next) => go({ view: { why: printWhy({ ...why, view: next }) }, replace: true })}
        />
      )}
      <p>
        <Link path={EXPLAIN} text={alone}>
          Open as a page
        </Link>
      </p>
    </Drawer>
  );
}
