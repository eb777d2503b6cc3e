import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { aboutResource, ResourceFacts } from '../explore/ResourceFacts';
import { Empty } from '../ui/States';

export const page: Page = {
  path: '/resources',
  label: 'Resource',
  icon: 'explore',
  order: 95,
  key: '',
  scope: 'filters',
  hidden: true,
};

export default function Resources() {
  const { query } = useAddress();
  if (!query.where.some((filter) => filter.dimension === 'resource' && !filter.negated))
    return (
      <Empty
        title="No resource is named"
        action={
          <Link path="/explore" text="by=resource">
            Look for one in Explore
          </Link>
        }
      >
        The address names one by its filter, as where=resource:ID.
      </Empty>
    );
  return <ResourceFacts about={aboutResource(query, query.where)} />;
}
