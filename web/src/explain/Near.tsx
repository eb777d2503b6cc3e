import type { OwnerPath } from '../api/types';

/** Rules that one thing kept from answering. */
export function Near({ near }: { near: OwnerPath['near'] }) {
  return (
    <details className="why-path">
      <summary>Rules that nearly answered</summary>
      <ul>
        {near.map(({ rule, failed, found }) => (
          <li key={`${rule} ${failed}`}>
            “{rule}” asked for {failed}; there was {found ?? 'nothing'}.
          </li>
        ))}
      </ul>
    </details>
  );
}
