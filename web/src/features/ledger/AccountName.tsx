import { useLang, type Text } from '@/i18n'

/** An account in people's words, its path on demand; the path alone where nobody named it. */
export function AccountName({ path, label }: { path: string; label?: Text }) {
  const { say } = useLang()
  return label ? <span title={path}>{say(label)}</span> : <span className="mono">{path}</span>
}
