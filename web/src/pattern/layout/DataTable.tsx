import './layout.css'
import type { ReactNode } from 'react'

export interface Column<T> {
  key: string
  title: string
  render: (row: T) => ReactNode
  /** Numbers stand right, words left. */
  number?: boolean
  /** The cell that names the row; it heads the stacked row on a phone. */
  main?: boolean
  width?: string
}

interface Props<T> {
  caption: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  selected?: (row: T) => boolean
  /** Total line, on a sunk ground. */
  foot?: ReactNode
  compact?: boolean
}

/** Hairlines between rows, none between columns. Rows stack on a phone in the same order. */
export function DataTable<T>({ caption, columns, rows, rowKey, selected, foot, compact = false }: Props<T>) {
  return (
    <table className={`table${compact ? ' table-compact' : ''}`}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" className={column.number ? 'right' : ''} style={{ width: column.width }}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className={selected?.(row) ? 'selected' : ''}>
            {columns.map((column) => (
              <td key={column.key} data-label={column.title} className={`${column.number ? 'num right' : ''}${column.main ? ' main' : ''}`}>
                {column.render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {foot && <tfoot>{foot}</tfoot>}
    </table>
  )
}
