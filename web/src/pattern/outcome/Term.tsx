import './outcome.css'
import { Popover } from 'antd'
import type { ReactNode } from 'react'
import { useLang, type Text } from '@/i18n'
import { ClauseRef, type Clause } from './ClauseRef'

export interface TermEntry {
  name: Text
  meaning: Text
  clause?: Clause | undefined
  /** Name in code, for officers who read rule files. */
  code?: string | undefined
}

/** A word with one meaning: dotted underline, and on demand both languages, a sentence, the clause. */
export function Term({ entry, children }: { entry: TermEntry; children?: ReactNode }) {
  const { d, say } = useLang()
  const card = (
    <div className="term-card">
      <b>{entry.name.zh}</b> <span className="soft">{entry.name.en}</span>
      <p>{say(entry.meaning)}</p>
      {entry.clause && <ClauseRef clause={entry.clause} />}
      {entry.code && (
        <span className="note">
          {' '}
          {d.term.code} <span className="mono">{entry.code}</span>
        </span>
      )}
    </div>
  )
  return (
    <Popover content={card} trigger="click">
      <button type="button" className="term">
        {children ?? say(entry.name)}
      </button>
    </Popover>
  )
}
