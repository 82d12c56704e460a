import { describe, expect, it } from 'vitest'
import { compare, format, fromPercent, parseYuan, parts, percent, plain, share, sum } from './fen'

describe('fen', () => {
  it('formats amounts beyond what a double holds, to the fen', () => {
    expect(format('900719925474099301')).toBe('9,007,199,254,740,993.01')
    expect(format('468759363')).toBe('4,687,593.63')
    expect(format('5')).toBe('0.05')
  })
  it('writes a true minus', () => expect(format('-20000000')).toBe('−200,000.00'))
  it('rounds half up in 万元', () => {
    expect(format('1036480000', 'wan')).toBe('1,036.48')
    expect(format('5000', 'wan')).toBe('0.01')
    expect(format('4999', 'wan')).toBe('0.00')
  })
  it('splits for grey decimals', () => expect(parts('100')).toEqual({ negative: false, whole: '1', decimals: '00' }))
  it('copies plain digits', () => expect(plain('-468759363')).toBe('-4687593.63'))
  it.each([
    ['¥12,480,000', '1248000000'],
    ['12480000.5', '1248000050'],
    ['−1.01', '-101'],
    ['1.005', null],
    ['abc', null],
    ['', null],
  ])('reads %s', (text, fen) => expect(parseYuan(text)).toBe(fen))
  it('sums and compares without floats', () => {
    expect(sum(['1', '9007199254740993'])).toBe('9007199254740994')
    expect(compare('2', '10')).toBe(-1)
  })
  it('keeps a bar inside its frame', () => {
    expect(share('50', '200')).toBe(25)
    expect(share('500', '200')).toBe(100)
    expect(share('1', '0')).toBe(0)
  })
  it.each([
    ['0.30', '30%'],
    ['0.015', '1.5%'],
    ['0.01', '1%'],
    ['1', '100%'],
    ['1.2', '120%'],
  ])('writes the rate %s as %s', (rate, text) => expect(percent(rate)).toBe(text))
})

it.each([
  ['1.5%', '0.015'],
  ['30', '0.3'],
  ['100%', '1'],
  ['0.25', '0.0025'],
  ['120', '1.2'],
  ['x', null],
  ['', null],
])('reads the percentage %s as %s', (text, fraction) => expect(fromPercent(text)).toBe(fraction))
