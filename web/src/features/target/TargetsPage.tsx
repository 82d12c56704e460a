import './target.css'
import { Button, Select } from 'antd'
import { Link } from 'react-router'
import { mayOpen } from '@/app/nav'
import { sentenceDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { useFilter } from '@/pattern/layout/Filter'
import { useNarrow } from '@/pattern/layout/narrow'
import { PageHead } from '@/pattern/layout/PageHead'
import { LIGHTS, type LightName } from '@/pattern/goal/LightChip'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { AreaCard } from './AreaCard'
import { reportAddress, useBoard } from './api'
import { byLight, shortfalls, unitName, type Board, type Target } from './model'
import { TargetPanel } from './TargetPanel'
import { TargetRow } from './TargetRow'

/** Each figure with its goal, its source, its gap and where it will be at the end of the year; the map; what stands under one. */
export default function TargetsPage() {
  const { d } = useLang()
  const role = useSession().active?.role
  const [chosenYear, setYear] = useFilter('year')
  const board = useBoard(Number(chosenYear) || 0)
  return (
    <>
      <PageHead
        title={d.nav.targets}
        sentence={board.data && <Sentence board={board.data} />}
        actions={
          <>
            {board.data && <Select aria-label={d.target.year} value={String(board.data.year)} onChange={setYear} options={board.data.years.map((y) => ({ value: String(y), label: fill(d.target.yearOf, { year: y }) }))} />}
            {mayOpen(role, '/key-lists') && (
              <Link to="/key-lists">
                <Button>{d.keylist.title}</Button>
              </Link>
            )}
            {mayOpen(role, '/meetings') && (
              <Link to="/meetings">
                <Button>{d.meeting.title}</Button>
              </Link>
            )}
            {mayOpen(role, '/tasks') && (
              <Link to="/tasks">
                <Button type="primary">{d.target.byUnit}</Button>
              </Link>
            )}
          </>
        }
      />
      <Loaded query={board} lines={8}>
        {(b) => (b.targets.length === 0 ? <Empty title={d.target.none} /> : <Targets board={b} />)}
      </Loaded>
    </>
  )
}

function Targets({ board }: { board: Board }) {
  const { d, lang, say } = useLang()
  const narrow = useNarrow()
  const role = useSession().active?.role
  const [light, setLight] = useFilter('light')
  const [chosen, choose] = useFilter('target')
  const known = LIGHTS.find((l) => l === light)
  const shown = board.targets.filter((t) => !known || t.light === known)
  const open = shown.find((t) => t.id === chosen) ?? (narrow ? undefined : shown[0])
  return (
    <div className="stack">
      <div className="target-columns">
        <Card
          title={d.target.list}
          note={fill(d.target.listNote, { day: sentenceDate(board.on, lang) })}
          extra={
            <>
              {known && (
                <button type="button" className="link-button" onClick={() => setLight('')}>
                  {d.target.allTargets}
                </button>
              )}
              {mayOpen(role, '/tasks') &&
                (['pdf', 'xlsx'] as const).map((format) => (
                  <a key={format} href={reportAddress(board.year, format)} download>
                    {format === 'pdf' ? d.target.reportPDF : d.target.reportXLSX}
                  </a>
                ))}
            </>
          }
          flush
        >
          <ul className="target-list">
            {shown.map((t) => (
              <li key={t.id} className={t.id === open?.id ? 'target-row target-row-open' : 'target-row'}>
                <TargetRow target={t} year={board.year} open={t.id === open?.id} onOpen={() => choose(t.id)} parent={board.targets.find((other) => other.id === t.part_of)} />
                {narrow && t.id === open?.id && <TargetPanel id={t.id} year={board.year} />}
              </li>
            ))}
          </ul>
          <p className="note card-body">{say(board.rule)}</p>
        </Card>
        <div className="stack">
          {!narrow && open && (
            <Card title={say(open.name)} note={unitName(open.unit, d)} className="target-panel">
              <TargetPanel id={open.id} year={board.year} />
            </Card>
          )}
          <AreaCard areas={board.areas} />
        </div>
      </div>
    </div>
  )
}

/** What a director reads aloud: how many stand how, and what will be missing. */
function Sentence({ board }: { board: Board }) {
  const { d, say } = useLang()
  const link = (light: LightName, n: number) => (
    <Link to={`/targets?year=${board.year}&light=${light}`}>
      <b className={light === 'behind' ? 'bad' : light === 'no_data' ? 'lacking' : ''}>{n}</b>
    </Link>
  )
  const late = shortfalls(board.targets)
  return (
    <>
      <Say text={d.target.sentence} parts={{ n: <b>{board.targets.length}</b>, year: board.year }} />
      {byLight(board.targets).map(({ light, n }, i) => (
        <span key={light}>
          {i > 0 && d.target.comma}
          <Say text={d.target.sentenceLight[light]} parts={{ n: link(light, n) }} />
        </span>
      ))}
      {d.target.stop}
      {late.map(({ target, gap }) => (
        <Say key={target.id} text={d.target.sentenceGap} parts={{ name: say(target.name), gap: <Gap board={board} target={target} gap={gap} /> }} />
      ))}
    </>
  )
}

function Gap({ board, target, gap }: { board: Board; target: Target; gap: string }) {
  const { d } = useLang()
  return (
    <Link to={`/targets?year=${board.year}&target=${target.id}`}>
      <b className="bad">
        {gap} {unitName(target.unit, d)}
      </b>
    </Link>
  )
}
