import { useAnswer } from '../api/queries';
import { scopeQuery, useAddress } from '../app/address';
import { aboutResource, ResourceFacts } from '../pages/Resources';
import { parseValue } from '../query/escape';
import { narrowed } from '../query/narrowed';
import { Drawer } from '../ui/Drawer';
import { Skeleton } from '../ui/States';

/** What lies open when it is a resource and no line: no source is called by this sign. */
export const RESOURCE = '@resource:';

/** The page of a resource, beside the one the reader is on and over its days and filters. */
export function ResourceDrawer() {
  const { query, view, go } = useAddress();
  const open = view.sel.startsWith(RESOURCE);
  const whole = useAnswer(scopeQuery(query), open);
  if (!open) return null;
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
