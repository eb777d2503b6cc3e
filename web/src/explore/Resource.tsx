import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { Empty } from '../ui/States';
import { aboutResource, ResourceFacts } from './ResourceFacts';

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
