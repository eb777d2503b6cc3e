import { useAnswer } from '../api/queries';
import { scopeQuery, useAddress } from '../app/address';
import { Link } from '../app/Link';
import { narrowed } from '../query/narrowed';
import { type CostQuery, printQuery } from '../query/query';
import { Drawer } from '../ui/Drawer';
import { Skeleton } from '../ui/States';
import { Explanation } from './Explanation';
import { CAUSE, EXPLAIN, explainQuery, ownedBy, parseWhy, printWhy } from './questions';

/** Why the page's own figure changed or whose it is, or that of one row of its table over the same days. */
export default function ExplainDrawer({ of }: { of?: CostQuery }) {
  const here = useAddress();
  const { view, go } = here;
  const asked = of ?? here.query;
  const why = parseWhy(view.why);
  const whole = useAnswer(scopeQuery(asked), why !== null);
  if (!why) return null;
  const query = why.filter ? narrowed(asked, whole.data) : asked;
  const owned = ownedBy(why.view) !== null;
  const alone = printQuery(explainQuery(query, { ...why, view: CAUSE })) + (owned ? `&tab=${why.view}` : '');
  return (
    <Drawer title={owned ? 'Whose it is' : 'Why it changed'} onClose={() => go({ view: { why: '' } })} wide>
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
