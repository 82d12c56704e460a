import './review.css'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { submitScore, useReview, type Review } from './api'
import { Recuse } from './Declare'
import { useScoreDraft } from './draft'
import { Evidence } from './Evidence'
import { fits, sum } from './points'
import { MarkedSheet, SheetForm } from './SheetForm'

/** One drawn case, blind, with the sheet open beside the evidence. */
export default function ScorePage() {
  const { d } = useLang()
  const { id = '' } = useParams()
  const review = useReview(id)
  const [gone, setGone] = useState('')
  if (gone) {
    return (
      <>
        <PageHead title={d.review.vanished} plain aside={<span className="mono">{gone}</span>} />
        <Card title={d.review.declarations}>
          <Empty title={d.review.vanishedNote} next={<Link to="/review">{d.review.mine}</Link>} />
        </Card>
      </>
    )
  }
  return (
    <Loaded query={review} lines={8}>
      {(r) => <Judge key={`${r.id}.${r.own.id}.${r.own.final}`} review={r} onGone={() => setGone(r.number)} />}
    </Loaded>
  )
}

function Judge({ review: r, onGone }: { review: Review; onGone: () => void }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const draft = useScoreDraft(r)
  const submit = useWrite(async (_: undefined, key: string) => submitScore(r.id)(await draft.flush(), key), draft.forget)
  const left = r.sheet.criteria.filter((c) => !fits(draft.typed.marks[c.id] ?? '', c.most)).length
  const ready = left === 0 && draft.typed.comment.trim() !== ''
  const error = submit.error ?? draft.error
  const scoring = r.panel_state === 'scoring' && !r.own.final
  return (
    <>
      <PageHead
        title={r.object || say(r.measure_name)}
        plain
        aside={<span className="mono">{r.number}</span>}
        crumbs={
          <>
            <Link to="/review">{w.title}</Link> › {r.panel} › {say(r.measure_name)}
          </>
        }
        sentence={
          <>
            <span className={`chip ${r.own.final ? 'chip-eligible' : 'chip-lacking'}`}>{w.score[r.state]}</span> {r.blind ? w.blind : r.org_name}
            {r.own.final && r.own.submitted_at && <> · {fill(w.submitted, { at: stampTime(r.own.submitted_at, lang) })}</>}
          </>
        }
        actions={
          scoring && (
            <Button type="primary" disabled={!ready || submit.isPending} onClick={() => submit.mutate(undefined)}>
              {w.submit}
            </Button>
          )
        }
      />
      <div className="columns review-columns">
        <div className="stack">
          {error !== null && (
            <div className="card">
              <ErrorPanel error={error} unchanged={d.application.textKept} {...(Problem.from(error).code === 'conflict' ? { onRetry: () => window.location.reload(), retry: d.application.refresh } : {})} />
            </div>
          )}
          <Evidence review={r} />
        </div>
        <div className="stack">
          <Card title={w.sheet} note={say(r.sheet.name)} extra={r.sheet.example && <span>{w.exampleSheet}</span>}>
            {scoring ? (
              <>
                {r.own.corrects && <p className="note lacking">{w.reopenedNote}</p>}
                <SheetForm sheet={r.sheet} draft={draft} />
                <p className="sheet-total">
                  <span>{w.total}</span>
                  <b className="num">{fill(w.ofMost, { n: sum(r.sheet.criteria.map((c) => draft.typed.marks[c.id] ?? '').filter((p, i) => fits(p, r.sheet.criteria[i]?.most ?? '0'))), most: r.most })}</b>
                </p>
                <p className="note" role="status">
                  {left > 0 ? `${fill(w.missing, { n: left })} · ` : ''}
                  {draft.saving ? d.application.saving : draft.error !== null ? d.application.unsaved : draft.savedAt ? fill(d.application.saved, { at: stampTime(draft.savedAt, lang) }) : d.application.autosave}
                </p>
                <p className="note">{w.submitNote}</p>
              </>
            ) : (
              <MarkedSheet sheet={r.sheet} score={r.own} />
            )}
          </Card>
          {r.result && (
            <Card title={w.result}>
              <p>
                {w.mean} <b className="num">{r.result.mean.rounded}</b>
              </p>
              <p className="note">{say(r.result.did)}</p>
            </Card>
          )}
          {r.earlier.length > 0 && (
            <Card title={w.earlier}>
              {r.earlier.map((score) => (
                <MarkedSheet key={score.id} sheet={r.sheet} score={score} />
              ))}
            </Card>
          )}
          {r.panel_state !== 'closed' && <Recuse id={r.id} onDone={onGone} />}
        </div>
      </div>
    </>
  )
}
