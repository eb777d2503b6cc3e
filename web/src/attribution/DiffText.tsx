/** Lines that came and went; their sign says so, the colour only underlines it. */
export function DiffText({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
    <pre className="diff" tabIndex={0}>
      {text.split('\n').map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and never move
        <span key={at} className={toneOf(line)}>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  );
}

function toneOf(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) return 'diff-head';
  return line.startsWith('+') ? 'diff-new' : line.startsWith('-') ? 'diff-old' : '';
}
