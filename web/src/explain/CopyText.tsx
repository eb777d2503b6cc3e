import { useState } from 'react';

/** The server's sentences, for a chat. */
export function CopyText({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser did not let us copy'),
    );
    setTimeout(() => setSaid(''), 2500);
  };
  return (
    <>
      <span role="status" className="said">
        {said}
      </span>
      <button type="button" className="button quiet" disabled={text === ''} onClick={copy}>
        Copy as text
      </button>
    </>
  );
}
