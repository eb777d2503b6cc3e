import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { type CostQuery, printQuery } from '../query/query';
import { Drawer } from '../ui/Drawer';
import { Explanation } from './Explanation';
import { EXPLAIN, explainQuery, parseWhy, printWhy } from './questions';

/** The explanation of the page's own question, or of one row of its table; it lies open in the address. */
export function ExplainDrawer({ of }: { of?: CostQuery }) {
  const here = useAddress();
  const { view, go } = here;
  const query = of ?? here.query;
  const why = parseWhy(view.why);
  if (!why) return null;
  const alone = printQuery(explainQuery(query, { ...why, view: 'cause' }));
  return (
    <Drawer title="Why it changed" onClose={() => go({ view: { why: '' } })} wide>
      <Explanation
        query={query}
        why={why}
        onView={(next) => go({ view: { why: printWhy({ ...why, view: next }) }, replace: true })}
      />
      <p>
        <Link path={EXPLAIN} text={alone}>
          Open as a page
        </Link>
      </p>
    </Drawer>
  );
}
