import '@/pattern/outcome/outcome.css'
import './call.css'
import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { sentenceDate, stampTime } from '@/calendar/date'
import { compute, useAllocations } from '@/features/allocation/api'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { allocable, standing, type Call } from './model'

/** A call's common allocations; once it is over the office freezes it and computes the next. */
export function CallAllocations({ call, computes }: { call: Call; computes: boolean }) {
  const { d, lang } = useLang()
  const navigate = useNavigate()
  const runs = useAllocations(call.id)
  const write = useWrite(compute(call.id), (made) => void navigate(`/allocations/${made.id}`))
  const over = standing(call) === 'over'
  const offered = computes && (!over || allocable(call) || runs.data?.every((a) => a.state !== 'settled'))
  return (
    <Card title={d.call.allocations} note={d.call.allocationsNote}>
      <Loaded query={runs}>
        {(items) =>
          items.length === 0 ? (
            <p className="soft">{d.call.allocationsNone}</p>
          ) : (
            <ul className="lacks">
              {items.map((a) => (
                <li key={a.id}>
                  <Link to={`/allocations/${a.id}`} className="mono">
                    {a.number}
                  </Link>{' '}
                  <span className={`chip ${a.state === 'settled' ? 'chip-eligible' : ''}`}>{d.allocation.state[a.state]}</span>
                  <div className="note">
                    {a.by} · {stampTime(a.at, lang)}
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {offered && (
        <div className="act-form">
          <p className="note">{over ? d.call.computeNote : fill(d.call.allocationsWait, { last: sentenceDate(call.last_day, lang) })}</p>
          {over && (
            <Button disabled={write.isPending} onClick={() => write.mutate(undefined)}>
              {d.call.compute}
            </Button>
          )}
          {write.error && <ErrorPanel error={write.error} />}
        </div>
      )}
    </Card>
  )
}
