import { useAnswer } from '../api/queries';
import { scopeQuery, useAddress } from '../app/address';
import { parseValue } from '../query/escape';
import { narrowed } from '../query/narrowed';
import { Drawer } from '../ui/Drawer';
import { Skeleton } from '../ui/States';
import { RESOURCE } from './questions';
import { aboutResource, ResourceFacts } from './ResourceFacts';

/** The page of a resource, beside the one the reader is on and over its days and filters. */
export default function ResourceDrawer() {
  const { query, view, go } = useAddress();
  const whole = useAnswer(scopeQuery(query));
  const value = parseValue(view.sel.slice(RESOURCE.length));
  const where = [...query.where, { dimension: 'resource', negated: false, values: [value] }];
  return (
    <Drawer title="Resource" onClose={() => go({ view: { sel: '' } })}>
      {whole.isPending ? (
        <Skeleton lines={12} />
      ) : (
        <ResourceFacts about={aboutResource(narrowed(query, whole.data), where)} />
      )}
    </Drawer>
  );
}
