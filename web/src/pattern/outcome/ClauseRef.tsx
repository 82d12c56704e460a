import './outcome.css'
import { Link } from 'react-router'
import { useLang, type Text } from '@/i18n'

/** A place in a policy document, with the short name that people use for it. */
export interface Clause {
  document: string
  path: string
  label: Text
}

/** Opens the clause at its place. Set in Song: it is the law that is named here. */
export function ClauseRef({ clause }: { clause: Clause }) {
  const { say } = useLang()
  return (
    <Link className="clause-ref" to={`/policy/documents/${encodeURIComponent(clause.document)}?clause=${encodeURIComponent(clause.path)}`}>
      {say(clause.label)}
    </Link>
  )
}
