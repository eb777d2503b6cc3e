import { useState } from 'react';
import type { SourceKind } from '../api/types';
import { Segments } from '../ui/Segments';
import { Copy } from './Copy';
import type { Draft } from './draft';
import type { Field } from './fields';
import { filled, plain } from './fill';

/** The exact texts that give access, filled in as the reader types; by hand or as Terraform. */
export function Texts({ kind, draft, fields }: { kind: SourceKind; draft: Draft; fields: readonly Field[] }) {
  const [way, setWay] = useState<'hand' | 'hcl'>('hand');
  const both = kind.permissions.some((one) => one.language === 'hcl');
  const shown = kind.permissions.filter((one) => (one.language === 'hcl') === (way === 'hcl'));
  return (
    <>
      {both && (
        <Segments
          label="Form of the texts"
          value={way}
          choices={[
            { id: 'hand', label: 'Policies and commands' },
            { id: 'hcl', label: 'Terraform' },
          ]}
          onChange={(id) => setWay(id === 'hcl' ? 'hcl' : 'hand')}
        />
      )}
      {shown.map((one) => {
        const pieces = filled(one.template, draft, fields);
        return (
          <section key={`${one.name} ${one.language}`} className="access-text" aria-label={one.title}>
            <header>
              <h3>{one.title}</h3>
              {!one.required && way === 'hand' && <span className="badge">optional</span>}
              <Copy text={plain(pieces)} what={one.title} />
            </header>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys */}
            <pre tabIndex={0}>
              <code>
                {pieces.map((piece, at) =>
                  piece.hole ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in its order
                    <mark key={at}>{piece.text}</mark>
                  ) : (
                    piece.text
                  ),
                )}
              </code>
            </pre>
          </section>
        );
      })}
    </>
  );
}
