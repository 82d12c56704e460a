import './notice.css'
import { Link } from 'react-router'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged, rowsOf } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useOpenObjections, useRows } from './api'
import { One } from './Objections'
import type { Objection } from './model'

/** Every objection that waits for an answer, oldest first, whatever its notice. */
export default function ObjectionsPage() {
  const { d } = useLang()
  const list = useOpenObjections()
  const office = useSession().active?.role === 'office'
  return (
    <>
      <PageHead title={d.notice.objectionsTitle} crumbs={<Link to="/notices">{d.notice.title}</Link>} sentence={list.data && <Say text={d.notice.objectionsSentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <Card title={d.notice.objections} flush>
        <Paged query={list} empty={<Empty title={d.notice.objectionsEmpty} />}>
          {(rows) => (
            <ul className="hits">
              {rows.map((o) => (
                <li key={o.id}>
                  <Waiting objection={o} answers={office} />
                </li>
              ))}
            </ul>
          )}
        </Paged>
      </Card>
    </>
  )
}

function Waiting({ objection: o, answers }: { objection: Objection; answers: boolean }) {
  const { d } = useLang()
  const row = rowsOf(useRows(o.notice)).find((r) => r.row === o.row)
  return (
    <>
      <One objection={o} row={row} answers={answers} />
      <p className="note">
        <Link to={`/notices/${o.notice}`}>{d.notice.toNotice}</Link>
      </p>
    </>
  )
}
