import { expect, it } from 'vitest'
import type { Parameter } from '@/features/policy/model'
import { written } from './api'
import { csvCell, readValue } from './model'

it('reads money in yuan as fen and counts as whole numbers', () => {
  expect(readValue({ kind: 'money' }, '300,000')).toBe('30000000')
  expect(readValue({ kind: 'count' }, '12')).toBe('12')
  expect(readValue({ kind: 'count' }, '1.5')).toBeNull()
})

it('sends figures as the measure writes them, and only those that changed', () => {
  const parameter = (path: string, kind: Parameter['kind']) => ({ path, kind }) as Parameter
  const all = [parameter('rate', 'rate'), parameter('cap', 'money'), parameter('quota', 'count')]
  expect(written(all, { rate: '0.015', cap: '30000000' })).toEqual({ rate: '0.015', cap: '300000.00' })
})

it.each([
  ['贵阳数智“一号”', '"贵阳数智“一号”"'],
  ['a "b", c', '"a ""b"", c"'],
  ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
  ['-1234.50', '"-1234.50"'],
  ['-1+2', '"\'-1+2"'],
])('writes the cell %s so that no spreadsheet runs it', (text, cell) => expect(csvCell(text)).toBe(cell))
