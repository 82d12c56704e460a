import { Input } from 'antd'
import { useId } from 'react'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import type { Score, Sheet } from './api'
import type { useScoreDraft } from './draft'
import { fits } from './points'

/** The sheet as it is filled in: each criterion with its anchors, and a comment. */
export function SheetForm({ sheet, draft }: { sheet: Sheet; draft: ReturnType<typeof useScoreDraft> }) {
  const { d } = useLang()
  const w = d.review
  const comment = useId()
  return (
    <>
      <ol className="criteria">
        {sheet.criteria.map((c) => (
          <Criterion key={c.id} criterion={c} value={draft.typed.marks[c.id] ?? ''} onChange={(points) => draft.mark(c.id, points)} />
        ))}
      </ol>
      <div className="field">
        <label htmlFor={comment}>{w.comment}</label>
        <Input.TextArea id={comment} autoSize={{ minRows: 3, maxRows: 10 }} maxLength={2000} placeholder={w.commentHint} value={draft.typed.comment} onChange={(e) => draft.comment(e.target.value)} />
      </div>
    </>
  )
}

function Criterion({ criterion: c, value, onChange }: { criterion: Sheet['criteria'][number]; value: string; onChange: (points: string) => void }) {
  const { d, say } = useLang()
  const w = d.review
  const id = useId()
  const wrong = value !== '' && !fits(value, c.most)
  return (
    <li>
      <div className="criterion">
        <label htmlFor={id}>{say(c.name)}</label>
        <span className="criterion-points">
          <Input id={id} inputMode="decimal" autoComplete="off" className="num" value={value} status={wrong ? 'error' : ''} aria-invalid={wrong} aria-describedby={`${id}-note`} onChange={(e) => onChange(e.target.value.trim())} />
          <span className="note num">{fill(w.pointsOf, { most: c.most })}</span>
        </span>
      </div>
      {wrong && (
        <p id={`${id}-note`} className="note bad">
          {fill(w.pointsBad, { most: c.most })}
        </p>
      )}
      <Anchors anchors={c.anchors} />
    </li>
  )
}

function Anchors({ anchors }: { anchors: Sheet['criteria'][number]['anchors'] }) {
  const { d, say } = useLang()
  return (
    <ul className="anchors note">
      {anchors.map((a) => (
        <li key={a.from}>
          <span className="num">{fill(d.review.anchor, { from: a.from })}</span> {say(a.text)}
        </li>
      ))}
    </ul>
  )
}

/** A score that was given: points by criterion, and the comment. */
export function MarkedSheet({ sheet, score }: { sheet: Sheet; score: Score }) {
  const { d, lang, say } = useLang()
  const w = d.review
  return (
    <div className="marked">
      <ul className="cases">
        {sheet.criteria.map((c) => (
          <li key={c.id}>
            <span>{say(c.name)}</span>
            <b className="num">{score.marks.find((m) => m.criterion === c.id)?.points ?? '—'}</b>
            <span className="note num">{fill(w.pointsOf, { most: c.most })}</span>
          </li>
        ))}
      </ul>
      <p className="sheet-total">
        <span>{w.total}</span>
        <b className="num">{score.total}</b>
      </p>
      <p className="prose">{score.comment}</p>
      {score.submitted_at && <p className="note">{fill(w.submitted, { at: stampTime(score.submitted_at, lang) })}</p>}
    </div>
  )
}
