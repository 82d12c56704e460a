import './today.css'
import { Link } from 'react-router'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useTodos } from './api'
import { Since } from './Since'
import { placeOf, type Todo } from './model'

/** What waits beside the applications of the inbox, by kind; each leads to the page where it is done. */
export function Todos() {
  const { d } = useLang()
  const todos = useTodos()
  return (
    <Card title={d.todo.title} note={d.todo.note} flush>
      <Loaded query={todos} lines={4}>
        {(rows) => (rows.length === 0 ? <Empty title={d.todo.nothing} /> : <Rows rows={rows} />)}
      </Loaded>
    </Card>
  )
}

function Rows({ rows }: { rows: Todo[] }) {
  const { d } = useLang()
  return (
    <DataTable
      caption={d.todo.title}
      rows={rows}
      rowKey={(t) => t.kind}
      columns={[
        {
          key: 'what',
          title: d.todo.what,
          main: true,
          render: (t) => (
            <Link to={placeOf[t.kind]} className="inbox-link">
              {d.todo.kind[t.kind]}
            </Link>
          ),
        },
        { key: 'count', title: d.todo.count, number: true, width: '96px', render: (t) => t.count },
        { key: 'since', title: d.todo.since, width: '30%', render: (t) => <Since day={t.since} waited={t.waited} /> },
      ]}
    />
  )
}
