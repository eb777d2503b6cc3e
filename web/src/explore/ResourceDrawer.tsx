import { useAddress } from '../app/address';
import { aboutResource, ResourceFacts } from '../pages/Resources';
import { parseValue } from '../query/escape';
import { Drawer } from '../ui/Drawer';

/** What lies open when it is a resource and no line: no source is called by this sign. */
export const RESOURCE = '@resource:';

/** The page of a resource, beside the one the reader is on. */
export function ResourceDrawer() {
  const { query, view, go } = useAddress();
  if (!view.sel.startsWith(RESOURCE)) return null;
  const value = parseValue(view.sel.slice(RESOURCE.length));
  const where = [{ dimension: 'resource', negated: false, values: [value] }];
  return (
    <Drawer title="Resource" onClose={() => go({ view: { sel: '' } })}>
      <ResourceFacts about={aboutResource(query, where)} />
    </Drawer>
  );
}
