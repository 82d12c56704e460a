import './target.css'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { reportFigure, useTarget } from './api'
import { Files } from './Files'
import { goalText, unitName, type TargetDetail } from './model'

/** Report a figure that somebody else counted: as of a day, with its source. */
export default function FigurePage() {
  const { id = '' } = useParams()
  const [params] = useSearchParams()
  const { d, say } = useLang()
  const target = useTarget(id, Number(params.get('year')) || 0)
  return (
    <>
      <PageHead title={d.target.report} aside={target.data && say(target.data.name)} crumbs={<Link to="/targets">{d.nav.targets}</Link>} sentence={d.target.figureSentence} />
      <Loaded query={target} lines={6}>
        {(t) => (
          <div className="columns">
            <Card title={say(t.name)} note={fill(d.target.figureNote, { unit: unitName(t.unit, d) })}>
              <FigureForm target={t} />
            </Card>
            <Card title={d.target.about}>
              <Facts
                items={[
                  [d.target.clause, <ClauseRef key="c" clause={t.clause} />],
                  [d.target.goals, t.goals.map((g) => `${g.year} ${goalText(g, say)}`).join(d.target.semicolon)],
                  [d.target.lastFigure, <Last key="l" target={t} />],
                ]}
              />
            </Card>
          </div>
        )}
      </Loaded>
    </>
  )
}

function Last({ target: t }: { target: TargetDetail }) {
  const { d, lang, say } = useLang()
  const last = t.readings[0]
  if (!last || last.value === '') return <span className="lacking">{d.target.unknown}</span>
  return (
    <>
      {[`${last.value} ${unitName(t.unit, d)}`, fill(d.target.asOf, { day: tableDate(last.as_of, lang) }), say(last.source)].join(d.target.comma)}
    </>
  )
}

function FigureForm({ target: t }: { target: TargetDetail }) {
  const { d } = useLang()
  const go = useNavigate()
  const [value, setValue] = useState('')
  const [day, setDay] = useState(t.on)
  const [source, setSource] = useState('')
  const [files, setFiles] = useState<{ id: string; name: string }[]>([])
  const write = useWrite(reportFigure(t.id), () => go(`/targets?year=${t.year}&target=${t.id}`))
  const problem = write.error ? Problem.from(write.error) : null
  // A day that has a figure already is corrected, the newest or an older one.
  const itsYear = useTarget(t.id, Number(day.slice(0, 4)) || t.year)
  const stands = itsYear.data?.series[0]?.points.find((p) => p.day === day && p.fact !== '')
  const ytd = t.kind === 'flow' || t.kind === 'size'
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        write.mutate({ year: Number(day.slice(0, 4)), as_of: day, value: value.trim(), source: source.trim(), file: files[0]?.id ?? '', corrects: stands?.fact ?? '' })
      }}
    >
      <TextField name="value" label={fill(d.target.value, { unit: unitName(t.unit, d) })} hint={ytd ? d.target.ytd : d.target.level} value={value} onChange={setValue} error={problem?.of('value')} />
      <div className="field">
        <label htmlFor="as-of">{d.target.upTo}</label>
        <input id="as-of" type="date" className="date-field" max={t.on} value={day} onChange={(event) => setDay(event.target.value)} />
        {problem?.of('as_of') && <p className="note bad">{problem.of('as_of')}</p>}
        {stands && <p className="note lacking">{fill(d.target.willCorrect, { value: stands.value })}</p>}
      </div>
      <TextField name="source" label={d.target.source} hint={d.target.sourceHint} value={source} onChange={setSource} error={problem?.of('source')} />
      <Files files={files} onChange={setFiles} most={1} />
      {write.error && <ErrorPanel error={write.error} />}
      <div>
        <Button type="primary" htmlType="submit" disabled={write.isPending || itsYear.isLoading || value.trim() === '' || source.trim() === '' || day === ''}>
          {stands ? d.target.sendCorrection : d.target.sendFigure}
        </Button>
      </div>
    </form>
  )
}
